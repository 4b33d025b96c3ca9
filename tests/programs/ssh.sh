# OpenSSH: keys; a server for each connection (sshd -i) that runs commands; rsync and sftp over it.
# root: programs
# As a user of its own: as root, sshd would ask for a user "sshd".
if [ "$1" != inside ]; then
    echo "tester:x:54323:54323::$PWD:/bin/bash" > passwd
    chmod 777 .
    [ "$(id -u)" = 0 ] || exec unshare --user --map-root-user --map-auto --mount bash "$0"
    exec unshare --mount bash -c 'mount --bind passwd /etc/passwd && exec setpriv --reuid=54323 --regid=54323 --clear-groups bash "$0" inside' "$0"
fi
umask 077; mkdir home; cd home
for type in ed25519 rsa ecdsa; do ssh-keygen -q -t $type -N '' -f key_$type; ssh-keygen -l -f key_$type | cut -d' ' -f1,4; done
cat key_*.pub > authorized
cat > sshd_config <<CFG
HostKey $PWD/key_ecdsa
AuthorizedKeysFile $PWD/authorized
StrictModes no
UsePAM no
PidFile none
Subsystem sftp internal-sftp
CFG
cat > ssh_config <<CFG
Host *
    ProxyCommand /usr/sbin/sshd -i -e -f $PWD/sshd_config 2>>$PWD/sshd.log
    UserKnownHostsFile $PWD/known
    StrictHostKeyChecking accept-new
    LogLevel ERROR
CFG
export RSYNC_RSH="ssh -F $PWD/ssh_config -i $PWD/key_rsa"
for key in ed25519 rsa ecdsa; do
    ssh -F ssh_config -i key_$key localhost 'echo "$SHELL $(uname -m)"; exit 3'; echo "exit $?"
done
seq 100000 | $RSYNC_RSH localhost 'md5sum; echo error >&2' 2> err; cat err
mkdir -p tree/a/b; seq 1000 > tree/a/b/numbers; ln -s b/numbers tree/a/link; head -c 300000 /dev/zero > tree/zeros
rsync -a tree localhost:"$PWD/copy"; rsync -ain tree localhost:"$PWD/copy" | wc -l; readlink copy/tree/a/link; md5sum < copy/tree/a/b/numbers
echo more >> tree/zeros; rsync -a --delete --stats tree localhost:"$PWD/copy" | grep 'files transferred'
printf 'mkdir there\nput tree/zeros there/zeros\nls there\nrename there/zeros there/other\nget there/other got\n' > batch
sftp -q -b batch -F ssh_config -i key_ed25519 localhost; cmp tree/zeros got && echo same
ssh-keygen -q -t ed25519 -N '' -f stranger; ssh -F ssh_config -o BatchMode=yes -i stranger localhost true 2>&1 | sed 's/^.*: //'
