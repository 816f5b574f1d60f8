# Warnings are errors everywhere; one interface target carries them to every room.
add_library(hallmark_warnings INTERFACE)
target_compile_options(hallmark_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(HALLMARK_SANITIZE STREQUAL "thread")
    # Asio's fences are not modelled by TSan: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=97868
    target_compile_options(hallmark_warnings INTERFACE -Wno-error=tsan)
    target_compile_definitions(hallmark_warnings INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()

# g++ 12 sees bounds broken inside libstdc++'s own std::string once it inlines it (GCC bugs 105329 and 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
        AND CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(hallmark_warnings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
endif()
