# CMake with Ninja: a library and a program in C++ with threads and exceptions, built and tested.
# root: programs
cat > CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.10)
project(p CXX)
find_package(Threads REQUIRED)
add_library(l SHARED l.cc)
add_executable(p p.cc)
target_link_libraries(p l Threads::Threads)
enable_testing()
add_test(NAME runs COMMAND p)
add_test(NAME fails COMMAND p fail)
set_tests_properties(fails PROPERTIES WILL_FAIL TRUE)
message(STATUS "for ${CMAKE_SYSTEM_PROCESSOR}")
C
echo '#include <stdexcept>
int thrice(int x) { if (x < 0) throw std::range_error("negative"); return 3 * x; }' > l.cc
echo '#include <future>
#include <iostream>
int thrice(int);
int main(int argc, char **) {
    auto a = std::async(std::launch::async, thrice, 14), b = std::async(std::launch::async, thrice, -1);
    std::cout << a.get() << std::endl;
    try { b.get(); } catch (std::exception &e) { std::cout << e.what() << std::endl; }
    return argc - 1;
}' > p.cc
cmake -G Ninja -B build . > log 2>&1 || tail log; grep -E '^-- for' log; ninja -C build | tail -n 1; ./build/p; ctest --test-dir build | grep -E 'tests passed'
