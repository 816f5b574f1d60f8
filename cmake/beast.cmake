# Asio and Beast compiled once, instead of into every file that includes them.
# Whoever links this sees the definitions, so that no file mixes the two ways.
add_library(hallmark_beast STATIC ${CMAKE_CURRENT_LIST_DIR}/beast.cpp)
target_compile_definitions(hallmark_beast PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(hallmark_beast PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
