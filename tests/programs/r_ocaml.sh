# R (its own linear algebra from Debian's BLAS, processes in parallel) and OCaml (bytecode, its native compiler, the toplevel).
# root: programs
# What packages do when they are configured, these are not: R's environment and the choice of a BLAS.
cat > a.R <<'R'
cat(R.version$arch, "\n")
x <- c(2.5, 3.5, 1, 8); print(summary(x)); print(sd(x), digits = 15)
m <- matrix(c(4, 2, 7, 6), 2); print(solve(m)); print(svd(m)$d)
fit <- lm(mpg ~ wt, data = mtcars); print(coef(fit))
set.seed(42); print(runif(3)); print(rnorm(3))
r <- tryCatch(stop("caught"), error = function(e) conditionMessage(e)); print(r)
print(sprintf("%s", rev(strsplit("a,b,c", ",")[[1]])))
library(parallel); print(unlist(mclapply(1:4, function(i) i^2, mc.cores = 2)))
print(integrate(dnorm, -1.96, 1.96)$value)
R
export EDITOR=vi PAGER=cat R_BROWSER=false R_PDFVIEWER=false R_PAPERSIZE=a4 R_UNZIPCMD=unzip
LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/blas:/usr/lib/aarch64-linux-gnu/lapack R_HOME=/usr/lib/R Rscript --vanilla a.R; echo "R $?"
cat > a.ml <<'ML'
let rec fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
exception E of int
module M = Map.Make (String)
let () = Printf.printf "%d %s\n" (fib 20) (try raise (E 3) with E n -> string_of_int n);
  let m = List.fold_left (fun m (k, v) -> M.add k v m) M.empty [ ("b", 2); ("a", 1) ] in
  M.iter (Printf.printf "%s=%d ") m; print_newline ();
  let a = Array.init 100000 (fun i -> ref i) in Gc.compact ();
  Printf.printf "%d %.3f\n" (Array.fold_left (fun s r -> s + !r) 0 a) (sqrt 2.)
ML
ocamlc -o byte a.ml && ./byte; ocamlopt -o native a.ml && ./native; echo 'print_endline (String.uppercase_ascii "toplevel");;' > t.ml; ocaml t.ml
