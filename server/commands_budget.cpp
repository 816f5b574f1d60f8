#include "server/command_groups.h"
#include "server/office_words.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

OfficeRequest posted(std::string target, const json::object& body) {
    return {.method = "POST", .target = std::move(target), .body = json::serialize(body)};
}

void add_budget_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "budget", "Hard counts of what may be issued");
    struct Wanted {
        std::string layer, id, per = "all";
        std::uint64_t count = 0;
        std::optional<std::uint64_t> station_share;
    };
    const auto wanted = std::make_shared<Wanted>();
    CLI::App* set = words.word(*group, "set",
                               "Bounds or lowers one at once; a higher one is proposed", [wanted] {
                                   json::object body{{"layer", wanted->layer},
                                                     {"id", wanted->id},
                                                     {"per", wanted->per},
                                                     {"count", wanted->count}};
                                   if (wanted->station_share)
                                       body.emplace("station_share", *wanted->station_share);
                                   return posted("/v1/budgets", body);
                               });
    set->add_option("layer", wanted->layer, "product, lot, line, site, station or intermediate")
        ->required();
    set->add_option("id", wanted->id, "Whose; a line's is SITE/LINE")->required();
    set->add_option("--count", wanted->count, "Certificates")->required();
    set->add_option("--per", wanted->per, "all, day, shift or hour")->capture_default_str();
    set->add_option("--station-share", wanted->station_share,
                    "The most that one station takes of it; of every layer but station");
    words.word(*group, "list", "All of them, and what is used",
               [] { return look_at("/v1/budgets"); });
}

void add_calendar_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "calendar", "Days and shifts of a site");
    struct Wanted {
        std::string site, time_zone;
        std::vector<std::string> shifts;
    };
    const auto wanted = std::make_shared<Wanted>();
    CLI::App* set = words.word(*group, "set", "Proposes a site's calendar", [wanted] {
        json::array shifts;
        for (const std::string& shift : wanted->shifts)
            shifts.emplace_back(shift);
        return posted("/v1/sites/" + segment(wanted->site) + "/calendar",
                      {{"time_zone", wanted->time_zone}, {"shifts", std::move(shifts)}});
    });
    set->add_option("site", wanted->site, "Site")->required();
    set->add_option("--time-zone", wanted->time_zone, "As the IANA database names it")->required();
    set->add_option("--shift", wanted->shifts,
                    "\"early 1,2,3,4,5 06:00-14:00\": name, weekdays (Monday is 1), hours; none: "
                    "always open");
    const auto shown = std::make_shared<std::string>();
    words
        .word(*group, "show", "A site's calendar",
              [shown] { return look_at("/v1/sites/" + segment(*shown) + "/calendar"); })
        ->add_option("site", *shown, "Site")
        ->required();
}

void add_quarantine_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "quarantine", "Models that get nothing more");
    struct Wanted {
        std::string vendor, model, firmware, cause;
    };
    const auto wanted = std::make_shared<Wanted>();
    CLI::App* begin =
        words.word(*group, "begin", "Stops a model, or one firmware of it, at once", [wanted] {
            json::object body{
                {"vendor", wanted->vendor}, {"model", wanted->model}, {"cause", wanted->cause}};
            if (!wanted->firmware.empty()) body.emplace("firmware", wanted->firmware);
            return posted("/v1/quarantines", body);
        });
    begin->add_option("vendor", wanted->vendor, "Vendor")->required();
    begin->add_option("model", wanted->model, "Model, as evidence or manifest names it")
        ->required();
    begin->add_option("--firmware", wanted->firmware, "Only elements with this firmware");
    begin->add_option("--cause", wanted->cause, "Why")->required();
    words.word(*group, "list", "Those that stand", [] { return look_at("/v1/quarantines"); });
    const auto lifted = std::make_shared<std::string>();
    words
        .word(*group, "lift", "Proposes to end one",
              [lifted] { return act_on("/v1/quarantines/" + segment(*lifted) + "/lift"); })
        ->add_option("number", *lifted, "As `list` names it")
        ->required();
    const auto number = std::make_shared<std::string>();
    words
        .word(*group, "credentials", "What was issued to such elements already",
              [number] { return look_at("/v1/quarantines/" + segment(*number) + "/credentials"); })
        ->add_option("number", *number, "As `list` names it")
        ->required();
}

}  // namespace

void add_budget_commands(CLI::App& app, CommandContext& context) {
    const OfficeWords words(context);
    add_budget_words(app, words);
    add_calendar_words(app, words);
    add_quarantine_words(app, words);
}

}  // namespace hallmark
