#include "policy/policy.h"

#include "policy/fields.h"
#include "policy/model.h"

#include <algorithm>

namespace hallmark {

Policy::Policy(std::shared_ptr<const PolicyModel> model) : model_(std::move(model)) {}
const ProductId& Policy::product() const noexcept {
    return model_->product;
}
const Digest& Policy::digest() const noexcept {
    return model_->digest;
}
const std::string& Policy::canonical() const noexcept {
    return model_->canonical;
}
const IntermediateId& Policy::intermediate() const noexcept {
    return model_->intermediate;
}
const std::vector<VendorId>& Policy::vendors() const noexcept {
    return model_->accept.vendors;
}

bool Policy::accepts_format(std::string_view format) const noexcept {
    const auto& accepted = model_->accept.formats;
    return std::find(accepted.begin(), accepted.end(), format) != accepted.end();
}

bool Policy::needs_range_number() const noexcept {
    return model_->identity.source == IdentitySource::range;
}

bool PolicyModel::is_matter() const noexcept {
    return std::any_of(subject.begin(), subject.end(), [](const SubjectAttribute& attribute) {
        return oid_of(attribute) == oid::matter_vendor_id ||
               oid_of(attribute) == oid::matter_product_id;
    });
}

std::uint32_t PolicyModel::line_of(std::string path) const {
    return nearest_line(lines, std::move(path));
}

}  // namespace hallmark
