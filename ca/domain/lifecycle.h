// The one-way lifecycles, as one table. The database states the same law by triggers, and a test
// compares the two.
#pragma once

#include <array>
#include <string_view>

namespace hallmark {

struct Transition {
    std::string_view subject;  ///< element, device, credential, lot, proposal, break_glass
    std::string_view from;
    std::string_view to;
};

inline constexpr std::array transitions{
    Transition{"element", "received", "allotted"},
    Transition{"element", "allotted", "bound"},
    Transition{"element", "received", "held"},
    Transition{"element", "allotted", "held"},
    Transition{"element", "held", "received"},
    Transition{"element", "held", "allotted"},
    Transition{"element", "received", "scrapped"},
    Transition{"element", "allotted", "scrapped"},
    Transition{"element", "held", "scrapped"},
    Transition{"element", "bound", "scrapped"},
    Transition{"element", "received", "returned"},
    Transition{"element", "allotted", "returned"},
    Transition{"element", "held", "returned"},
    Transition{"device", "unprovisioned", "issued"},
    Transition{"device", "issued", "provisioned"},
    Transition{"device", "provisioned", "decommissioned"},
    Transition{"credential", "reserved", "issued"},
    Transition{"credential", "reserved", "burnt"},
    Transition{"credential", "issued", "active"},
    Transition{"credential", "issued", "void"},
    Transition{"credential", "active", "retired"},
    Transition{"lot", "received", "allotted"},
    Transition{"lot", "allotted", "released"},
    Transition{"lot", "released", "held"},
    Transition{"lot", "held", "released"},
    Transition{"lot", "allotted", "closed"},
    Transition{"lot", "released", "closed"},
    Transition{"lot", "held", "closed"},
    Transition{"proposal", "open", "applied"},
    Transition{"proposal", "open", "rejected"},
    Transition{"proposal", "open", "expired"},
    Transition{"proposal", "open", "stale"},
    Transition{"break_glass", "open", "closed"},
    Transition{"import_job", "queued", "running"},
    Transition{"import_job", "queued", "interrupted"},
    Transition{"import_job", "running", "done"},
    Transition{"import_job", "running", "refused"},
    Transition{"import_job", "running", "interrupted"},
};

[[nodiscard]] constexpr bool may_become(std::string_view subject, std::string_view from,
                                        std::string_view to) {
    for (const Transition& edge : transitions) {
        if (edge.subject == subject && edge.from == from && edge.to == to) return true;
    }
    return false;
}

}  // namespace hallmark
