#include "server/client/tls_client.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace hallmark {

std::string ServerName::authority() const {
    const bool bracketed = host.find(':') != std::string::npos;
    std::string text = bracketed ? "[" + host + "]" : host;
    if (port != "443") text += ":" + port;
    return text;
}

ServerName parse_server_url(const std::string& url) {
    const auto parsed = boost::urls::parse_absolute_uri(url);
    if (!parsed) throw ClientFault("not a URL: " + url);
    if (parsed->scheme_id() != boost::urls::scheme::https) {
        throw ClientFault("only https is spoken: " + url);
    }
    const std::string path(parsed->encoded_path());
    const std::string host(parsed->encoded_host_address());
    // The host goes as it stands into the Host header and the comparison of names: what an escape
    // hides (a NUL, a line's end) must not.
    const bool plain = !host.empty() && host.find('%') == std::string::npos &&
                       parsed->host_type() != boost::urls::host_type::ipvfuture;
    if (!plain || parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment() ||
        (!path.empty() && path != "/")) {
        throw ClientFault("a server's URL is https://host[:port] and nothing else: " + url);
    }
    return {.host = host,
            .port = parsed->port().empty() ? "443" : std::string(parsed->port()),
            .is_address = parsed->host_type() != boost::urls::host_type::name};
}

}  // namespace hallmark
