// fuzz: NEEDS ca/domain server/client
// covers: server/client/server_url.cpp
// A server's URL as an operator types it: https, a host and perhaps a port, or a fault.
#include "ca/domain/bytes.h"
#include "server/client/tls_client.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace hallmark;
    try {
        const ServerName server = parse_server_url(std::string(as_text({bytes, size})));
        if (server.host.empty() || server.port.empty()) std::abort();
        const ServerName again = parse_server_url("https://" + server.authority());
        if (again.host != server.host || again.port != server.port) std::abort();
    } catch (const ClientFault&) {
        return 0;  // The one way to say no.
    }
    return 0;
}
