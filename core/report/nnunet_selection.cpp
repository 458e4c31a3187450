// SPDX-License-Identifier: Apache-2.0
#include "core/report/nnunet_selection.h"

#include "core/base/file.h"
#include "core/base/file_copy.h"
#include "core/datasets/nnunet_ensemble.h"
#include "core/datasets/nnunet_results.h"
#include "core/report/nnunet_summary.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

namespace guidino::report {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using datasets::NnunetModelName;

namespace {

/// Each case of the cross-validation with the fold's folder that predicted it.
using Merged = std::map<std::string, fs::path>;

/// NaN is worse than every number.
double rank(double dice)
{
    return std::isnan(dice) ? -1 : dice;
}

class Selection
{
public:
    Selection(const NnunetSelectionRequest& request, const CancelToken& cancel)
        : m_request(request)
        , m_cancel(cancel)
        , m_folds(datasets::foldsText(request.folds))
    {}

    Result<NnunetSelection> run()
    {
        for (const NnunetModelName& model : m_request.models) {
            GD_TRY(addModel(model));
        }
        if (m_result.candidates.empty()) {
            return Error{ErrorCode::Usage, "There is no model to choose from.", {}};
        }
        const std::size_t models = m_merged.size();
        for (std::size_t i = 0; m_request.allowsEnsembles && i < models; ++i) {
            for (std::size_t j = i + 1; j < models; ++j) {
                GD_TRY(addEnsemble(i, j));
            }
        }
        for (std::size_t i = 1; i < m_result.candidates.size(); ++i) {
            // Of equal ones the first is kept: it is the simpler.
            if (rank(m_result.candidates[i].dice) > rank(m_result.chosen().dice)) {
                m_result.best = i;
            }
        }
        GD_TRY(choosePostprocessing());
        return std::move(m_result);
    }

private:
    [[nodiscard]] std::vector<std::string> fileNames() const
    {
        std::vector<std::string> names;
        for (const auto& [name, ignored] : m_merged.front()) {
            names.push_back(name + m_request.labels.fileEnding);
        }
        return names;
    }

    [[nodiscard]] Result<double> scored(const fs::path& folder, const fs::path& summaryFile) const
    {
        NnunetEvaluation evaluation;
        evaluation.predictions = folder;
        evaluation.references = m_request.references;
        evaluation.ignoreLabel = m_request.labels.ignoreLabel;
        evaluation.names = fileNames();
        for (const std::vector<int>& group : m_request.labels.foreground()) {
            if (group.size() == 1) {
                evaluation.labels.push_back(group[0]);
            } else {
                evaluation.regions.push_back(group);
            }
        }
        const auto summary = summarise(evaluation);
        GD_TRY(summary);
        GD_TRY(writeFileAtomically(summaryFile, summary->text));
        return summary->dice;
    }

    [[nodiscard]] Status checkCancelled() const
    {
        return m_cancel.isCancelled()
                   ? Status(Error{ErrorCode::Cancelled, "The comparison was cancelled.", {}})
                   : Status();
    }

    Status addModel(const NnunetModelName& model)
    {
        const fs::path folder = m_request.results / model.folderName();
        NnunetCandidate candidate;
        candidate.name = model.folderName();
        candidate.models = {model};
        candidate.folder = folder / ("crossval_results_folds_" + m_folds);
        Merged merged;
        for (const datasets::NnunetFoldName& fold : m_request.folds) {
            const fs::path validation = folder / fold.folderName() / "validation";
            if (!isThere(validation / "summary.json")) {
                return Error{
                    ErrorCode::NotFound,
                    (validation / "summary.json").string()
                        + ": the fold was not trained to its end. Run guidino nnunet train "
                          "DATASET "
                        + model.configuration + " " + fold.text() + " --plans " + model.plans
                        + " --trainer " + model.trainer
                        + " --npz, or leave the fold out (--folds).",
                    {{"file", validation.string()}}};
            }
            std::error_code ignored;
            for (const auto& entry : fs::directory_iterator(validation, ignored)) {
                const std::string name = entry.path().filename().string();
                if (!name.ends_with(m_request.labels.fileEnding)) {
                    continue;
                }
                const std::string stem =
                    name.substr(0, name.size() - m_request.labels.fileEnding.size());
                if (!merged.emplace(stem, validation).second) {
                    return Error{
                        ErrorCode::BadInput,
                        entry.path().string()
                            + ": another fold validates this case, too; folds of one split do not.",
                        {{"file", entry.path().string()}}};
                }
            }
        }
        if (!m_merged.empty() && !sameCases(merged, m_merged.front())) {
            return Error{
                ErrorCode::BadInput,
                folder.string() + ": its folds validate other cases than those of "
                    + m_result.candidates.front().name + ".",
                {{"file", folder.string()}}};
        }
        GD_TRY(makeFolder(candidate.folder));
        for (const auto& [name, validation] : merged) {
            const std::string file = name + m_request.labels.fileEnding;
            GD_TRY(copyFile(validation / file, candidate.folder / file));
        }
        for (const char* name : {"plans.json", "dataset.json"}) {
            GD_TRY(copyFile(folder / name, candidate.folder / name));
        }
        m_merged.push_back(std::move(merged));
        GD_TRY(checkCancelled());
        const auto dice = scored(candidate.folder, candidate.folder / "summary.json");
        GD_TRY(dice);
        candidate.dice = *dice;
        m_result.candidates.push_back(std::move(candidate));
        return {};
    }

    static bool sameCases(const Merged& a, const Merged& b)
    {
        return a.size() == b.size()
               && std::equal(a.begin(), a.end(), b.begin(), [](auto& x, auto& y) {
                      return x.first == y.first;
                  });
    }

    Status addEnsemble(std::size_t i, std::size_t j)
    {
        const NnunetCandidate& a = m_result.candidates[i];
        const NnunetCandidate& b = m_result.candidates[j];
        NnunetCandidate candidate;
        candidate.name = "ensemble___" + a.name + "___" + b.name + "___" + m_folds;
        candidate.models = {a.models.front(), b.models.front()};
        candidate.folder = m_request.results / "ensembles" / candidate.name;
        std::vector<datasets::NnunetEnsembleCase> cases;
        for (const auto& [name, folder] : m_merged[i]) {
            datasets::NnunetEnsembleCase one{name, {}};
            for (const fs::path& from : {folder, m_merged[j].at(name)}) {
                const fs::path file = from / (name + ".npz");
                if (!isThere(file)) {
                    m_result.notes.push_back(
                        "Not compared: " + candidate.name + ", for there is no " + file.string()
                        + " (guidino nnunet train ... --val --npz makes it).");
                    return {};
                }
                one.probabilities.push_back(file);
            }
            cases.push_back(std::move(one));
        }
        GD_TRY(datasets::writeNnunetEnsemble(
            candidate.folder, cases, m_request.labels, {}, false, m_request.threads, m_cancel));
        for (const char* name : {"plans.json", "dataset.json"}) {
            GD_TRY(copyFile(a.folder / name, candidate.folder / name));
        }
        const auto dice = scored(candidate.folder, candidate.folder / "summary.json");
        GD_TRY(dice);
        candidate.dice = *dice;
        m_result.candidates.push_back(std::move(candidate));
        return {};
    }

    Status choosePostprocessing()
    {
        const fs::path& folder = m_result.chosen().folder;
        const std::vector<std::string> names = fileNames();
        const auto choice = datasets::chooseNnunetPostprocessing(
            folder,
            m_request.references,
            names,
            m_request.labels.foreground(),
            m_request.threads,
            m_cancel);
        GD_TRY(choice);
        GD_TRY(writeFileAtomically(
            folder / "postprocessing.json", datasets::postprocessingJson(choice->steps, folder)));
        GD_TRY(writeFileAtomically(
            folder / "postprocessing.pkl", datasets::postprocessingPickle(choice->steps)));
        const fs::path finished = folder / "postprocessed";
        GD_TRY(makeFolder(finished));
        for (const std::string& name : names) {
            const auto labels = datasets::readLabelImage(folder / name);
            GD_TRY(labels);
            GD_TRY(datasets::writeLabelImage(
                finished / name, datasets::postprocessed(*labels, choice->steps)));
        }
        const auto after = scored(finished, finished / "summary.json");
        GD_TRY(after);
        m_result.after = *after;
        return {};
    }

    const NnunetSelectionRequest& m_request;
    const CancelToken& m_cancel;
    std::string m_folds;
    std::vector<Merged> m_merged; ///< by model
    NnunetSelection m_result;
};

std::string shellWord(const std::string& text)
{
    const bool isPlain = !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0
               || std::string("_-./=:+,@%").find(letter) != std::string::npos;
    });
    if (isPlain) {
        return text;
    }
    std::string word = "'";
    for (const char letter : text) {
        word += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    return word + "'";
}

} // namespace

Result<NnunetSelection>
selectNnunetModel(const NnunetSelectionRequest& request, const CancelToken& cancel)
{
    return Selection(request, cancel).run();
}

std::string inferenceInformation(
    const NnunetSelection& selection,
    const NnunetSelectionRequest& request,
    const std::string& dataset)
{
    const auto number = [](double value) { return std::isnan(value) ? Json() : Json(value); };
    Json folds = Json::array();
    for (const datasets::NnunetFoldName& fold : request.folds) {
        folds.push_back(fold.number < 0 ? Json("all") : Json(fold.number));
    }
    Json considered = Json::array();
    for (const NnunetModelName& model : request.models) {
        considered.push_back(
            {{"plans", model.plans},
             {"configuration", model.configuration},
             {"trainer", model.trainer}});
    }
    Json results = Json::object();
    for (const NnunetCandidate& candidate : selection.candidates) {
        results[candidate.name] = number(candidate.dice);
    }
    const NnunetCandidate& best = selection.chosen();
    Json chosen = Json::array();
    for (const NnunetModelName& model : best.models) {
        chosen.push_back(
            {{"configuration", model.configuration},
             {"trainer", model.trainer},
             {"plans_identifier", model.plans}});
    }
    return Json{
               {"folds", std::move(folds)},
               {"dataset_name_or_id", dataset},
               {"considered_models", std::move(considered)},
               {"ensembling_allowed", request.allowsEnsembles},
               {"all_results", std::move(results)},
               {"best_model_or_ensemble",
                {{"result_on_crossval_pre_pp", number(best.dice)},
                 {"result_on_crossval_post_pp", number(selection.after)},
                 {"postprocessing_file", (best.folder / "postprocessing.pkl").string()},
                 {"some_plans_file", (best.folder / "plans.json").string()},
                 {"selected_model_or_models", std::move(chosen)}}}}
               .dump(4)
           + "\n";
}

std::string inferenceInstructions(
    const NnunetSelection& selection,
    const NnunetSelectionRequest& request,
    const std::string& dataset)
{
    const NnunetCandidate& best = selection.chosen();
    const bool isEnsemble = best.models.size() > 1;
    std::string folds;
    for (const datasets::NnunetFoldName& fold : request.folds) {
        folds += " " + fold.text();
    }
    const std::string finish =
        " --postprocessing " + shellWord((best.folder / "postprocessing.json").string());
    std::string text;
    std::string members;
    for (std::size_t i = 0; i < best.models.size(); ++i) {
        const NnunetModelName& model = best.models[i];
        const std::string out =
            isEnsemble ? "OUTPUT_FOLDER_MODEL_" + std::to_string(i + 1) : "OUTPUT_FOLDER";
        members += " " + out;
        text += "guidino nnunet predict -i INPUT_FOLDER -o " + out + " -d " + shellWord(dataset)
                + " -c " + shellWord(model.configuration) + " -p " + shellWord(model.plans)
                + " --trainer " + shellWord(model.trainer) + " -f" + folds
                + (isEnsemble ? " --save-probabilities" : finish) + "\n";
    }
    if (isEnsemble) {
        text += "guidino nnunet ensemble -i" + members + " -o OUTPUT_FOLDER" + finish + "\n";
    }
    return text;
}

} // namespace guidino::report
