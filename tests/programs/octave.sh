# Octave without a display: linear algebra, a Fourier transform, integration, regular expressions, files of its own.
# root: programs
# The choice of a BLAS is made when packages are configured, which these are not.
export LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/blas:/usr/lib/aarch64-linux-gnu/lapack
cat > a.m <<'M'
disp(computer()(1:7))
A = [4 1; 2 3];
disp(sort(eig(A))'), disp((A \ [1; 2])'), disp(det(inv(A)))
disp(fft([1 2 3 4])), disp(sum(primes(100)))
printf("%.6f\n", quad(@(t) t .^ 2, 0, 1))
[t, x] = ode45(@(t, x) -x, [0 1], 1); printf("%.4f\n", x(end))
disp(regexprep("a1b22", '\d+', '#'))
save -text saved.txt A
clear A, load saved.txt, disp(A)
try, error("mine:id", "caught %d", 3), catch e, disp([e.identifier " " e.message]), end
[status, text] = system("echo from a child; exit 4"); printf("%d %s", status, text)
M
octave-cli --no-gui --norc -q a.m 2>err; echo "octave $?"
