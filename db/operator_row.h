// An operator as statements select one: id, name, roles parted by spaces, expires, state. For the
// .cpp files of this room alone: it shows libpqxx.
#pragma once

#include "ca/domain/fault.h"
#include "db/columns.h"
#include "db/principals.h"

#include <sstream>

namespace hallmark {

/// From the first five columns.
[[nodiscard]] inline StoredOperator operator_in(const pqxx::row& row) {
    StoredOperator person;
    person.id = OperatorId(row[0].as<std::string>());
    person.name = row[1].as<std::string>();
    std::istringstream roles(row[2].as<std::string>());
    for (std::string name; roles >> name;) {
        const auto role = role_from(name);
        if (!role) throw Fault("operator " + person.id.get() + " has the unknown role " + name);
        person.roles.push_back(*role);
    }
    person.expires = instant_in(row[3]);
    person.state = row[4].as<std::string>();
    return person;
}

}  // namespace hallmark
