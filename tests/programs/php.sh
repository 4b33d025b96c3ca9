# PHP: JSON, digests, regular expressions, a shell command, SQL-free arrays.
# root: programs
php8.2 -n -r 'echo PHP_INT_SIZE, " ", md5("abc"), "\n", json_encode(array_map(fn($x) => $x * $x, [1, 2, 3])), "\n";
echo shell_exec("echo from sh"), preg_replace("/(\\w)b/", "\$1X", "abab"), " ", number_format(pi(), 6), "\n";'
