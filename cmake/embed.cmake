# hallmark_embed_schema(<target>): the schema's SQL becomes a source file of <target>, so that a binary carries
# exactly the schema it was built against. Run as a script (cmake -P), the same file writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
    function(literal path result)
        file(READ ${path} text)
        string(FIND "${text}" ")sql\"" at)
        if(NOT at EQUAL -1)
            message(FATAL_ERROR "${path}: contains the end of a raw string")
        endif()
        set(${result} "R\"sql(${text})sql\"" PARENT_SCOPE)
    endfunction()

    file(GLOB migrations ${SCHEMA_DIR}/migrations/*.sql)
    list(SORT migrations)
    literal(${SCHEMA_DIR}/bootstrap.sql bootstrap)
    literal(${SCHEMA_DIR}/roles.sql roles)
    set(rows "")
    foreach(path IN LISTS migrations)
        get_filename_component(name ${path} NAME_WE)
        if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
            message(FATAL_ERROR "${path}: a migration is named NNNN_words.sql")
        endif()
        set(number ${CMAKE_MATCH_1})
        string(REGEX REPLACE "^0+" "" number "${number}")
        literal(${path} sql)
        file(SHA256 ${path} digest)
        string(APPEND rows "    {${number}, \"${name}\", \"${digest}\",\n${sql}},\n")
    endforeach()
    file(WRITE ${OUTPUT} "// Made from db/*.sql and db/migrations/*.sql by cmake/embed.cmake.
#include \"db/embedded.h\"

namespace hallmark {
namespace {
constexpr EmbeddedMigration rows[] = {
${rows}};
}  // namespace

const char* embedded_bootstrap() noexcept {
    return ${bootstrap};
}
const char* embedded_roles() noexcept {
    return ${roles};
}
std::span<const EmbeddedMigration> embedded_migrations() noexcept { return rows; }
}  // namespace hallmark
")
    return()
endif()

set(HALLMARK_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(hallmark_embed_schema target)
    set(schema ${PROJECT_SOURCE_DIR}/db)
    set(output ${PROJECT_BINARY_DIR}/generated/${target}/embedded.cpp)
    file(GLOB sources CONFIGURE_DEPENDS ${schema}/migrations/*.sql)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DSCHEMA_DIR=${schema} -DOUTPUT=${output} -P ${HALLMARK_EMBED_SCRIPT}
        DEPENDS ${sources} ${schema}/bootstrap.sql ${schema}/roles.sql ${HALLMARK_EMBED_SCRIPT}
        VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
