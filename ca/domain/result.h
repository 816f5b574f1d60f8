// The one error vocabulary. A refusal is a value the caller earned; a fault is an exception.
// Refuses to know HTTP: the doors map Reason to a status and a constant text.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace hallmark {

/// What the outside may learn. The whole reason stays in Refusal::detail, for the record only.
enum class Reason {
    malformed_request,          ///< The bytes are not what the document says they are.
    too_large,                  ///< A limit on size, depth or count.
    unauthenticated,            ///< No pinned, valid, active credential.
    forbidden,                  ///< Known caller, but outside its role, scope or window.
    not_found,                  ///< Also the answer for what belongs to somebody else.
    in_progress,                ///< The same request_id is being worked on.
    request_mismatch,           ///< The same request_id with another body.
    gone,                       ///< Void, burnt or retired.
    conflict,                   ///< A transition that the present state does not allow.
    challenge_not_accepted,     ///< Unknown, spent, expired, or bound to something else.
    csr_not_accepted,           ///< Malformed, weak key, or a bad proof of possession.
    evidence_not_accepted,      ///< Everything that attestation decides.
    element_not_accepted,       ///< Everything that custody decides.
    policy_denied,              ///< Everything that policy decides.
    installation_not_accepted,  ///< Another certificate, or a bad proof by the leaf key.
    invalid_document,           ///< A policy, manifest or other document that cannot be taken.
    limited,                    ///< Too many of something for this caller.
    overloaded,                 ///< No seat free.
    unavailable,                ///< Suspended or not ready; try again later.
};

/// Kebab-case name, constant per reason: the problem type, the metric label, the record's column.
[[nodiscard]] std::string_view name_of(Reason reason) noexcept;

struct Refusal {
    Reason reason;
    std::string detail;  ///< For the record only; the door's text is constant per reason.
    std::string record =
        {};  ///< The refusal's id once it stands in the record; the answer's `instance`.
};

template <typename T>
using Result = boost::system::result<T, Refusal>;

[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal,
                                                    const boost::source_location&) {
    throw std::logic_error("unchecked Refusal: " + refusal.detail);  // value() unasked is our bug.
}

// The only macro of the house: bind the value or return the refusal. Not for coroutines.
#define HALLMARK_TRY(name, expr)                         \
    auto name##_or = (expr);                             \
    if (!name##_or) return std::move(name##_or).error(); \
    [[maybe_unused]] auto& name = *name##_or

/// The value of a step that only may fail.
struct Done {};

}  // namespace hallmark
