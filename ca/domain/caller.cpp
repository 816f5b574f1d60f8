#include "ca/domain/caller.h"

#include <algorithm>

namespace hallmark {

std::string_view name_of(Role role) noexcept {
    switch (role) {
        case Role::administrator:
            return "administrator";
        case Role::line_manager:
            return "line-manager";
        case Role::security_officer:
            return "security-officer";
        case Role::field_operator:
            return "field-operator";
        case Role::auditor:
            return "auditor";
    }
    return "auditor";
}

std::optional<Role> role_from(std::string_view name) noexcept {
    for (const Role role : {Role::administrator, Role::line_manager, Role::security_officer,
                            Role::field_operator, Role::auditor}) {
        if (name_of(role) == name) return role;
    }
    return std::nullopt;
}

bool Operator::has(Role role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace hallmark
