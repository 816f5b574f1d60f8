// Broken machinery. Thrown, caught once at the door, answered as an opaque 5xx with an incident id.
#pragma once

#include <stdexcept>
#include <string>

namespace hallmark {

/// The machine failed: memory, a library, the database, the token. Never a caller's mistake.
class Fault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The same, where trying again later is likely to help: the door answers 503 with Retry-After.
class PassingFault : public Fault {
public:
    using Fault::Fault;
};

}  // namespace hallmark
