#include "ca/custody/manifest.h"
#include "server/command_groups.h"
#include "server/manifest_command.h"
#include "server/office_commands.h"
#include "server/office_words.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace hallmark {
namespace {

void add_vendor_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* vendor = words.group(app, "vendor", "Pinned vendors");
    const auto added = std::make_shared<VendorAddition>();
    CLI::App* add = words.word(*vendor, "add", "Proposes a vendor's roots for one format",
                               [added] { return add_vendor(*added); });
    add->add_option("name", added->vendor, "Vendor")->required();
    add->add_option("--format", added->format, "Evidence format, or a manifest format")->required();
    add->add_option("--roots", added->roots, "PEM")->required();
    add->add_option("--intermediates", added->intermediates, "PEM");
    add->add_option("--exception", added->exceptions,
                    "A strict rule this vendor's chains cannot keep");
}

void add_intermediate_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "intermediate", "Issuing intermediates");
    const auto added = std::make_shared<IntermediateAddition>();
    added->algorithm = "ecdsa-sha256";
    CLI::App* add = words.word(*group, "add", "Proposes an intermediate whose key is in the token",
                               [added] { return add_intermediate_file(*added); });
    add->add_option("id", added->id, "Name")->required();
    add->add_option("--key-uri", added->key_uri, "RFC 7512, without PIN")->required();
    add->add_option("--algorithm", added->algorithm, "Signature algorithm")->capture_default_str();
    add->add_option("--certificate", added->certificate, "PEM")->required();
    add->add_option("--chain", added->chain, "PEM, up to the root")->required();
    add->add_option("--product", added->products, "Its product line; repeat for more")->required();
    add->add_option("--signs-from", added->signs_from, "RFC 3339; nothing is signed before");
    add->add_option("--signs-until", added->signs_until,
                    "RFC 3339; nothing is signed from then on");
    words.act(*group, "suspend", "Stops an intermediate at once", "/v1/intermediates/", "suspend");
    words.act(*group, "resume", "Proposes to let it sign again", "/v1/intermediates/", "resume");
    words.word(*group, "list", "All of them", [] { return look_at("/v1/intermediates"); });
}

void add_station_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "station", "Provisioning stations");
    const auto added = std::make_shared<StationAddition>();
    CLI::App* add = words.word(*group, "add", "Proposes to enrol a station by its certificate",
                               [added] { return add_station(*added); });
    add->add_option("id", added->id, "Name")->required();
    add->add_option("--site", added->site, "Site")->required();
    add->add_option("--product", added->products, "What it may ask for")->required();
    add->add_option("--certificate", added->certificate, "PEM")->required();
    add->add_option("--expires", added->expires, "RFC 3339");
    add->add_option("--source", added->source, "CIDR of its site's network");
    add->add_option("--line", added->line, "The line of its site that it stands on");
    add->add_option("--proof", added->proof,
                    "What `station prove` made; needed where another signed its certificate");
    words.act(*group, "suspend", "Stops a station at its next request", "/v1/stations/", "suspend");
    words.act(*group, "resume", "Proposes to let it work again", "/v1/stations/", "resume");
    words.word(*group, "list", "All of them", [] { return look_at("/v1/stations"); });
}

void add_audit_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* audit = words.group(app, "audit", "The record");
    using Filters = std::vector<std::pair<std::string, std::string>>;
    const auto filters = std::make_shared<Filters>(Filters{{"device", ""},
                                                           {"serial", ""},
                                                           {"element", ""},
                                                           {"station", ""},
                                                           {"lot", ""},
                                                           {"product", ""},
                                                           {"policy", ""},
                                                           {"from", ""},
                                                           {"to", ""},
                                                           {"cursor", ""},
                                                           {"limit", ""}});
    CLI::App* search = words.word(*audit, "search", "Who did what, by any of these",
                                  [filters] { return search_audit(*filters); });
    for (auto& [name, value] : *filters)
        search->add_option("--" + name, value);
    const auto device = std::make_shared<std::string>();
    words
        .word(*audit, "timeline", "All that happened to one device",
              [device] { return look_at("/v1/audit/devices/" + segment(*device) + "/timeline"); })
        ->add_option("device", *device, "Device")
        ->required();
    const auto serial = std::make_shared<std::string>();
    words
        .word(*audit, "certificate", "One certificate and what its issuance rested on",
              [serial] { return look_at("/v1/audit/certificates/" + segment(*serial)); })
        ->add_option("serial", *serial, "Serial in hexadecimal")
        ->required();
}

void add_manifest_words(CLI::App& app, const OfficeWords& words) {
    const auto import = std::make_shared<ManifestImport>();
    import->format = microchip_manifest_format;
    CLI::App* command =
        words.deed(*words.group(app, "manifest", "Vendors' signed manifests"), "import",
                   "Takes a manifest into a lot and waits until it is in or refused",
                   [import](const OfficeAccess& access) {
                       import->shows_progress = !access.json && isatty(STDERR_FILENO) == 1;
                       return import_manifest_file(access, *import, std::cout, std::cerr);
                   });
    command->add_option("file", import->file, "The document as the vendor signed it")->required();
    command->add_option("--vendor", import->vendor, "Whose it is")->required();
    command->add_option("--lot", import->lot, "The lot that takes its elements")->required();
    std::string formats;
    for (const ManifestFormat& format : manifest_formats())
        formats += (formats.empty() ? "" : ", ") + std::string(format.name);
    command->add_option("--format", import->format, formats)->capture_default_str();
    command->add_option("--signature", import->signature,
                        "The detached signature's file, for formats that have one");
    command->add_flag("--no-wait", import->no_wait, "Answer with the job and do not wait for it");
}

void add_job_words(CLI::App& app, const OfficeWords& words) {
    const auto id = std::make_shared<std::string>();
    words
        .word(*words.group(app, "job", "Long work at the server"), "show",
              "Where a job stands and how it ended",
              [id] { return look_at("/v1/jobs/" + segment(*id)); })
        ->add_option("job", *id, "The id that its start answered")
        ->required();
}

}  // namespace

void add_office_commands(CLI::App& app, CommandContext& context) {
    const OfficeWords words(context);
    add_vendor_words(app, words);
    add_intermediate_words(app, words);
    add_station_words(app, words);
    add_audit_words(app, words);

    const auto file = std::make_shared<std::string>();
    words
        .word(*words.group(app, "policy", "Product policies"), "apply",
              "Proposes a file as the current version", [file] { return apply_policy_file(*file); })
        ->add_option("file", *file, "Policy (TOML)")
        ->required();

    const auto retirement = std::make_shared<Retirement>();
    CLI::App* retire =
        words.word(app, "retire", "Retires an active certificate; its serial goes on the CRL",
                   [retirement] { return retire_serial(*retirement); });
    retire->add_option("serial", retirement->serial, "In hexadecimal")->required();
    retire
        ->add_option("--reason", retirement->reason,
                     "superseded, key_compromise, affiliation_changed, cessation_of_operation, "
                     "privilege_withdrawn or element_failed")
        ->required();
}

void add_custody_commands(CLI::App& app, CommandContext& context) {
    const OfficeWords words(context);
    add_manifest_words(app, words);
    add_job_words(app, words);

    CLI::App* lot = words.group(app, "lot", "Lots of elements");
    struct Allotted {
        std::string lot, product, site, line;
    };
    const auto allotted = std::make_shared<Allotted>();
    CLI::App* allot =
        words.word(*lot, "allot", "Gives a lot to one product at one site", [allotted] {
            return allot_lot(allotted->lot, allotted->product, allotted->site, allotted->line);
        });
    allot->add_option("lot", allotted->lot, "Lot")->required();
    allot->add_option("--product", allotted->product, "Product")->required();
    allot->add_option("--site", allotted->site, "Site")->required();
    allot->add_option("--line", allotted->line, "One line of the site alone");
    words.act(*lot, "release", "Lets stations use it; out of a hold, proposes to", "/v1/lots/",
              "release");
    words.act(*lot, "hold", "Stops it at once", "/v1/lots/", "hold");
    words.act(*lot, "close", "Ends it for good", "/v1/lots/", "close");
    words.word(*lot, "list", "All of them", [] { return look_at("/v1/lots"); });

    CLI::App* element = words.group(app, "element", "Single elements");
    struct Element {
        std::string vendor, unique_id;
    };
    for (const auto& [name, what] :
         {std::pair{"hold", "Takes it out of the line"}, std::pair{"scrap", "Ends it for good"},
          std::pair{"unhold", "Proposes to bring it back into the line"},
          std::pair{"return", "Sends it back to its vendor"}}) {
        const auto named = std::make_shared<Element>();
        CLI::App* act = words.word(*element, name, what, [named, verb = std::string(name)] {
            return act_on("/v1/elements/" + segment(named->vendor) + "/" +
                          segment(named->unique_id) + "/" + verb);
        });
        act->add_option("vendor", named->vendor, "Vendor")->required();
        act->add_option("unique_id", named->unique_id, "The manifest's uniqueId")->required();
    }
}

}  // namespace hallmark
