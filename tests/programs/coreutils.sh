# coreutils and the tools beside them, each by what it is for.
export TZ=UTC
mkdir -p d/e; cp -a d copy; touch -d '2020-02-29 12:00' f; ln f hard; ln -s f soft; stat -c '%n %h %s %Y' f; readlink -f soft | sed "s,$PWD/,,"
chmod 640 f; stat -c %a f; test f -ef hard && echo same; mv hard moved; rm -r copy; rmdir d/e; ls -1F --time-style=+%F; ls -l --time-style=+%F f | cut -c1-10
mkfifo pipe; (echo through > pipe) & cat pipe; wait; mktemp -u XXX | wc -c; truncate -s 1M big; du --apparent-size -k big; dd if=/dev/zero bs=1k count=3 status=none | wc -c
seq 10 | head -3 | tail -1; seq 3 | tac | tr '\n' ' '; seq 5 | shuf --random-source=/dev/zero | sort -n | paste -sd+ ; printf 'b 2\na 1\n' | sort | join - <(printf 'a x\nb y\n')
printf 'a\nb\n' > 1; printf 'b\nc\n' > 2; comm 1 2 | cat -A; diff 1 2; cmp 1 2; cut -d: -f2 <<< a:b:c; fold -w 3 <<< abcdef; nl -ba <<< x; expand <<< $'a\tb'
od -An -tx1 <<< abc; base64 <<< hello; base32 <<< hello; cksum <<< abc; sum <<< abc; md5sum <<< abc; sha512sum <<< abc | cut -c1-16; b2sum <<< abc | cut -c1-16
factor 1000003 18446744073709551557; expr 7 \* 6; numfmt --to=iec 1048576; date -d @86400 +%FT%T%z; date -d '2024-02-29 +1 year' +%F; basename /a/b.c .c; dirname /a/b
uniq -c <<< $'a\na\nb' | tr -s ' '; wc -lwc <<< 'a b'; split -l 1 1 part; ls part*; csplit -s 1 2; cat xx01; tsort <<< 'a b b c' | paste -sd' '; ptx <<< 'one two' | tr -s ' '
env -i A=1 env; timeout 0.1 sleep 9; echo $?; nohup true 2> nohup.err; echo $(( $(nice -n 3 nice) - $(nice) )); nproc --all > /dev/null && uname -m; id -u > /dev/null; yes | head -2 | paste -sd,
find . -name 'p*' -type f | sort; find . -newer f -name 1 -exec echo found {} \;; xargs -n 2 echo <<< '1 2 3'; grep -rn '^b' 1 2; sed -n '1!G;h;$p' 1; echo done
