#include "policy/check.h"
#include "policy/vocabulary.h"

#include <algorithm>

namespace hallmark {
namespace {

bool is_slug_hole(Hole hole) {
    return hole == Hole::vendor || hole == Hole::lot || hole == Hole::site;
}

Hole hole_of(IdentitySource source) {
    switch (source) {
        case IdentitySource::element_serial:
            return Hole::element_serial;
        case IdentitySource::range:
            return Hole::range;
        case IdentitySource::unique_id:
            break;
    }
    return Hole::unique_id;
}

/// Two different sets of values must never make one identity. Vendors, lots and sites hold no
/// colon, so with a colon between holes, and at most one hole that may hold colons itself, the text
/// can be taken apart in one way only.
bool is_ambiguous(const NameTemplate& pattern) {
    std::size_t with_colons = 0;
    std::string since_last_hole = ":";
    for (const TemplatePart& part : pattern.parts) {
        if (!part.hole) {
            since_last_hole += part.literal;
            continue;
        }
        if (since_last_hole.find(':') == std::string::npos) return true;
        if (!is_slug_hole(*part.hole)) ++with_colons;
        since_last_hole.clear();
    }
    return with_colons > 1;
}

/// A hole that changes from device to device by itself.
bool names_the_device(const NameTemplate& pattern, const IdentityRule& identity) {
    return pattern.has(Hole::device) ||
           (pattern.has(hole_of(identity.source)) && !identity.pattern.has(Hole::vendor));
}

bool any_names_the_device(const std::vector<SubjectAttribute>& attributes,
                          const IdentityRule& identity) {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const SubjectAttribute& attribute) {
                           return names_the_device(attribute.value, identity);
                       });
}

void check_range_hole(const NameTemplate& pattern, const std::string& path,
                      const IdentityRule& identity, PolicyFindings& findings) {
    if (pattern.has(Hole::range) && identity.source != IdentitySource::range) {
        findings.add(path,
                     "{range} is allotted only where identity.source is range: could never issue");
    }
}

void check_attributes(const PolicyModel& model, const std::vector<SubjectAttribute>& attributes,
                      const std::string& where, PolicyFindings& findings) {
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const SubjectAttribute& attribute = attributes[i];
        const std::string path = where + "[" + std::to_string(i) + "].value";
        const std::size_t length = longest(attribute.value, model.identity);
        if (length > bound_of(attribute)) {
            findings.add(path, attribute.type + " holds " + std::to_string(bound_of(attribute)) +
                                   " characters and this can have " + std::to_string(length) +
                                   "; identity.max_length bounds {device}");
        }
        if (attribute.type == "C" && attribute.value.text().size() != 2) {
            findings.add(path, "C is a code of two letters");
        }
        check_range_hole(attribute.value, path, model.identity, findings);
    }
}

}  // namespace

std::size_t longest(const NameTemplate& pattern, const IdentityRule& identity) {
    std::size_t length = 0;
    for (const TemplatePart& part : pattern.parts) {
        if (!part.hole) {
            length += static_cast<std::size_t>(std::count_if(
                part.literal.begin(), part.literal.end(),
                [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
        } else if (*part.hole == Hole::device) {
            length += identity.max_length;
        } else if (*part.hole == Hole::range) {
            length += identity.range_width;
        } else {
            length += hole_limit;
        }
    }
    return length;
}

void check_identity(const PolicyModel& model, PolicyFindings& findings) {
    const IdentityRule& rule = model.identity;
    const Hole own = hole_of(rule.source);
    if (!rule.pattern.has(own)) {
        findings.add("identity.template", "does not hold its own source {" +
                                              std::string(name_of(own)) +
                                              "}: two devices would bear one name");
    }
    if (model.accept.vendors.size() > 1 && !rule.pattern.has(Hole::vendor)) {
        findings.add("identity.template",
                     "two vendors are accepted and {vendor} is not in the identity");
    }
    if (is_ambiguous(rule.pattern)) {
        findings.add("identity.template",
                     "holes must be parted by a colon, and one of them at most may be other "
                     "than {vendor}, {lot}, {site}: two devices could bear one name");
    }
    check_range_hole(rule.pattern, "identity.template", rule, findings);
    if (model.product.get().find('_') != std::string::npos) {
        findings.add("product", "an underscore cannot stand in a device's name");
    }
    for (const VendorId& vendor : model.accept.vendors) {
        if (rule.pattern.has(Hole::vendor) && vendor.get().find('_') != std::string::npos) {
            findings.add("accept.vendors",
                         vendor.get() + " has an underscore, which no {vendor} takes");
        }
    }
    const bool some_serial = std::any_of(model.accept.formats.begin(), model.accept.formats.end(),
                                         [](const std::string& name) {
                                             const FormatTraits* format = find_format(name);
                                             return format == nullptr || format->proves_serial;
                                         });
    if (rule.source == IdentitySource::element_serial && !some_serial) {
        findings.add("identity.source",
                     "no accepted format proves an element's serial: could never issue");
    }
    for (const TemplatePart& part : rule.pattern.parts) {
        if (!part.hole && !std::all_of(part.literal.begin(), part.literal.end(), [](char c) {
                return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == ':' || c == '-';
            })) {
            findings.add("identity.template",
                         "a character outside [A-Za-z0-9.:-]: could never issue");
        }
    }
}

void check_names(const PolicyModel& model, PolicyFindings& findings) {
    check_attributes(model, model.subject, "subject", findings);
    const auto& names = model.extensions.subject_alt_names;
    bool named = any_names_the_device(model.subject, model.identity);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string path = "extensions.subject_alt_names[" + std::to_string(i) + "]";
        const bool directory = names[i].kind == NameKind::directory_name;
        const bool own = directory ? any_names_the_device(names[i].name, model.identity)
                                   : names_the_device(names[i].value, model.identity);
        named = named || own;
        check_attributes(model, names[i].name, path + ".name", findings);
        check_range_hole(names[i].value, path + ".value", model.identity, findings);
        if (!own)
            findings.add(
                path, "names no device: each alternative name is unique, so one could be issued");
    }
    if (!model.subject.empty() && !any_names_the_device(model.subject, model.identity)) {
        findings.add("subject", "names no device: subjects are unique, so one could be issued");
    }
    if (model.subject.empty() && !named)
        findings.add("product", "neither subject nor alternative names name a device");
    // RFC 5280 4.1.2.6
    if (model.subject.empty() && !names.empty() && !model.extensions.subject_alt_names_critical) {
        findings.add("extensions.subject_alt_names_critical",
                     "with an empty subject it must be critical");
    }
}

}  // namespace hallmark
