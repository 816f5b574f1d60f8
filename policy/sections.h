// The sections of a policy document, each read by one function. Within the room only;
// parse_policy() calls them all.
#pragma once

#include "policy/fields.h"
#include "policy/model.h"

namespace hallmark {

/// A template field; refuses what is no template.
[[nodiscard]] NameTemplate read_template(FieldReader& fields, std::string_view key);
/// `key` is a list of {type, value}.
[[nodiscard]] std::vector<SubjectAttribute> read_attributes(FieldReader& fields,
                                                            std::string_view key);
/// A field that must be a dotted OID.
[[nodiscard]] std::string read_oid(FieldReader& fields, std::string_view key);

[[nodiscard]] AcceptRules read_accept(FieldReader fields);
[[nodiscard]] AssuranceRules read_assurance(FieldReader fields);
[[nodiscard]] IdentityRule read_identity(FieldReader fields);
[[nodiscard]] ValidityRules read_validity(FieldReader fields);
[[nodiscard]] ExtensionRules read_extensions(FieldReader fields, bool subject_is_empty);
[[nodiscard]] std::vector<AlternativeName> read_alternative_names(FieldReader& fields);
[[nodiscard]] std::vector<CustomExtension> read_custom_extensions(FieldReader& fields);
[[nodiscard]] LimitRules read_limits(FieldReader fields);
[[nodiscard]] PolicyExample read_example(FieldReader fields, const PolicyModel& model);

}  // namespace hallmark
