# strace of guests by a guest: calls, children followed, signals, a count.
# root: programs
strace -qq -f -o log -e trace=execve,exit_group,kill -e signal=TERM /bin/bash -c '/bin/true; (exit 3); kill -TERM $$' 2>/dev/null
sed -E 's/^[0-9]+ +//; s/0x[0-9a-f]+ .*(= )/\1/; s/[0-9]{2,}/N/g; s/ +/ /g' log | sort | uniq -c | sed 's/^ *//'
strace -c -o count /bin/true; grep -c execve count
