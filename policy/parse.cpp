#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "policy/policy.h"
#include "policy/sections.h"

namespace hallmark {
namespace {

constexpr std::size_t most_examples = 64;

template <typename Id>
Id read_slug(FieldReader& fields, std::string_view key) {
    auto id = parse_slug_as<Id>(fields.text(key), key);
    if (!id) fields.refuse(key, id.error().detail);
    return id ? std::move(*id) : Id();
}

void read_all(FieldReader root, PolicyModel& model) {
    if (root.number("schema", {1, 1}, 0) != 1) root.refuse("schema", "must be 1");
    model.product = read_slug<ProductId>(root, "product");
    model.title = root.maybe_text("title");
    model.intermediate = read_slug<IntermediateId>(root, "intermediate");
    model.accept = read_accept(root.table("accept"));
    model.assurance = read_assurance(root.table("assurance"));
    model.identity = read_identity(root.table("identity"));
    model.subject = read_attributes(root, "subject");
    model.validity = read_validity(root.table("validity"));
    model.extensions = read_extensions(root.table("extensions"), model.subject.empty());
    model.limits = read_limits(root.table("limits"));
    auto examples = root.tables("example");
    if (examples.size() > most_examples) root.refuse("example", "too many examples");
    for (FieldReader& example : examples)
        model.examples.push_back(read_example(std::move(example), model));
    root.finish();
}

}  // namespace

NameTemplate read_template(FieldReader& fields, std::string_view key) {
    auto pattern = parse_template(fields.text(key));
    if (!pattern) fields.refuse(key, pattern.error().detail);
    return pattern ? std::move(*pattern) : NameTemplate();
}

std::string read_oid(FieldReader& fields, std::string_view key) {
    std::string dotted = fields.text(key);
    if (!is_oid(dotted)) fields.refuse(key, "must be an OID in dotted decimal");
    return dotted;
}

std::vector<SubjectAttribute> read_attributes(FieldReader& fields, std::string_view key) {
    std::vector<SubjectAttribute> attributes;
    for (FieldReader& entry : fields.tables(key)) {
        SubjectAttribute attribute{.type = entry.text("type"),
                                   .value = read_template(entry, "value")};
        if (const AttributeType* known = find_attribute_type(attribute.type)) {
            attribute.type = known->label;
        } else if (!is_oid(attribute.type)) {
            entry.refuse("type", "neither an attribute that is known here nor an OID");
        }
        for (const TemplatePart& part : attribute.value.parts) {
            const auto why = part.hole ? std::string_view() : why_not_in(attribute, part.literal);
            if (!why.empty()) entry.refuse("value", why);
        }
        entry.finish();
        attributes.push_back(std::move(attribute));
    }
    return attributes;
}

Result<Policy> parse_policy(std::string_view text) {
    HALLMARK_TRY(document, read_document(text));
    auto model = std::make_shared<PolicyModel>();
    DocumentReading reading;
    read_all(FieldReader(&document, "", reading), *model);
    if (reading.refusal) return *std::move(reading.refusal);
    model->canonical = canonical_text(*model);
    // Spelling out defaults makes a text longer: what could not be read back is not taken at all.
    HALLMARK_TRY(reread, read_document(model->canonical));
    model->digest = sha256(as_bytes(model->canonical));
    model->lines = std::move(reading.lines);
    return Policy(std::move(model));
}

}  // namespace hallmark
