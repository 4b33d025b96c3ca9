# stress-ng's own checks of its stressors.
# root: programs
for stressor in cpu fork vfork pipe futex sigq sigsegv sigfpe mmap mremap malloc timer switch sem sem-sysv msg shm eventfd \
    epoll poll mutex atomic clone kill session; do
    stress-ng -q --verify --temp-path "$PWD" --timeout 1 --$stressor 1 --$stressor-ops 200 || echo "$stressor: $?"
done
echo done
