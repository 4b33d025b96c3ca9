# Lisps with compilers and collectors of their own: SBCL (an image saved and started again), Guile, Emacs.
# root: programs
cat > primes.lisp <<'L'
(defun primes (n) (let ((s (make-array (1+ n) :element-type 'bit :initial-element 1)))
  (loop for i from 2 to (isqrt n) when (= 1 (sbit s i)) do (loop for j from (* i i) to n by i do (setf (sbit s j) 0)))
  (loop for i from 2 to n count (= 1 (sbit s i)))))
(compile 'primes)
(format t "sbcl ~a ~a~%" (machine-type) (primes 100000))
(format t "caught ~a~%" (handler-case (error "x") (error () t)))
(format t "big ~a~%" (expt 3 100))
(loop repeat 50 do (make-array 1000000))
(sb-ext:gc :full t)
(save-lisp-and-die "saved" :executable t :toplevel (lambda () (format t "saved ~a~%" (primes 1000)) (exit)))
L
SBCL_HOME=/usr/lib/sbcl sbcl --core /usr/lib/sbcl/sbcl.core --noinform --no-sysinit --no-userinit --load primes.lisp 2>&1 | grep -E '^(sbcl|caught|big)'; ./saved
guile-3.0 --no-auto-compile -c '(define (f n) (if (< n 2) n (+ (f (- n 1)) (f (- n 2))))) (display (f 20)) (newline)
(use-modules (ice-9 threads)) (display (apply + (par-map (lambda (x) (* x x)) (iota 100)))) (newline)'
echo '(message "%s %s" (car (split-string system-configuration "-")) (with-temp-buffer (insert "b\na\n") (sort-lines nil 1 (point-max)) (buffer-string)))' > sort.el
emacs-nox -Q --batch -f batch-byte-compile sort.el && emacs-nox -Q --batch -l ./sort.elc 2>&1
