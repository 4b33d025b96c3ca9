# Go: the toolchain builds, vets and tests a program with goroutines, and what it made runs.
# root: programs
export GOROOT=/usr/lib/go-1.19 GOPATH=$PWD/path GOCACHE=$PWD/cache GOFLAGS=-mod=mod GO111MODULE=on CGO_ENABLED=0 GOPROXY=off
mkdir sums; cd sums
cat > go.mod <<'GO'
module example.org/sums
go 1.19
GO
cat > sums.go <<'GO'
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func Sum(parts int) (total int) {
	results := make(chan int)
	var group sync.WaitGroup
	for i := 0; i < parts; i++ {
		group.Add(1)
		go func(from int) {
			defer group.Done()
			s := 0
			for j := from; j < from+1000; j++ {
				s += j
			}
			results <- s
		}(i * 1000)
	}
	go func() { group.Wait(); close(results) }()
	for s := range results {
		total += s
	}
	return
}

func recovered() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var p *int
	*p = 1
	return
}

func main() {
	fmt.Println(runtime.GOARCH, Sum(1000))
	fmt.Println(recovered())
	out, err := exec.Command("sh", "-c", "echo from sh; exit 3").Output()
	fmt.Printf("%q %v\n", out, err)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-signals)
	// A loop without a call is preempted by a signal.
	runtime.GOMAXPROCS(1)
	stop := false
	go func() { for !stop { } }()
	time.Sleep(time.Millisecond)
	runtime.GC()
	fmt.Println("preempted")
}
GO
cat > sums_test.go <<'GO'
package main

import "testing"

func TestSum(t *testing.T) {
	if Sum(2) != 1999000 {
		t.Fatal(Sum(2))
	}
}

func TestParallel(t *testing.T) {
	for i := 0; i < 4; i++ {
		t.Run("part", func(t *testing.T) { t.Parallel(); Sum(10) })
	}
}
GO
go version; go vet . && go build -o ../built . && ../built; go test . | sed 's/\t[0-9.]*s$//'
