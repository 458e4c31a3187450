// SPDX-License-Identifier: Apache-2.0
// The composition root of the window: the only place that knows all parts.
#include "app/workbench/places.h"
#include "app/workbench/screenshot.h"
#include "app/workbench/without_window.h"
#include "core/base/result.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/guide_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/tool_state.h"
#include "ui/model/training_controller.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/theme.h"

#include "resources/resources.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QTemporaryDir>
#include <QTranslator>

#include <cstdio>
#include <cstring>

namespace {

struct Options
{
    QStringList paths;
    QString screen;
    QString out;
    QString model;
    QString language;
    guidino::WithoutWindow withoutWindow;
    int width = 0; ///< of a picture; 0: that of the window
    bool wantsLight = false;
    bool wantsDark = false;
};

/// An exit code where the program shall end at once.
std::optional<int> parse(const QStringList& arguments, Options& options)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("GuiDINO Workbench: review, correct and teach segmentations.\n"
                       "Research use only, not a medical device."));
    const QCommandLineOption help(
        {QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Says this."));
    const QCommandLineOption version(
        QStringLiteral("version"), QStringLiteral("Says the version."));
    const QCommandLineOption model(
        QStringLiteral("model"), QStringLiteral("Model bundle to use."), QStringLiteral("BUNDLE"));
    const QCommandLineOption screenshot(
        QStringLiteral("screenshot"),
        QStringLiteral("Takes a picture of a screen and ends: %1.")
            .arg(guidino::Screenshot::screens().join(QStringLiteral(", "))),
        QStringLiteral("SCREEN"));
    const QCommandLineOption out(
        QStringLiteral("out"),
        QStringLiteral("File of the picture, or of the portable copy."),
        QStringLiteral("FILE"));
    const QCommandLineOption width(
        QStringLiteral("width"),
        QStringLiteral("The picture is so many pixels wide and of at most 256 colours."),
        QStringLiteral("PIXELS"));
    const QCommandLineOption importFile(
        QStringLiteral("import"),
        QStringLiteral("Unpacks a portable copy into a new project folder (--into) and ends."),
        QStringLiteral("FILE.gdino"));
    const QCommandLineOption into(
        QStringLiteral("into"),
        QStringLiteral("Folder that an import makes."),
        QStringLiteral("DIR"));
    const QCommandLineOption exportProject(
        QStringLiteral("export"),
        QStringLiteral("Writes a portable copy of a project (--out FILE.gdino) and ends."),
        QStringLiteral("PROJECT"));
    const QCommandLineOption withoutImages(
        QStringLiteral("without-images"), QStringLiteral("The copy holds no images."));
    const QCommandLineOption withoutModels(
        QStringLiteral("without-models"), QStringLiteral("The copy holds no models."));
    const QCommandLineOption theme(
        QStringLiteral("theme"), QStringLiteral("dark or light."), QStringLiteral("THEME"));
    const QCommandLineOption language(
        QStringLiteral("language"), QStringLiteral("Such as de."), QStringLiteral("LANGUAGE"));
    parser.addOptions(
        {help,
         version,
         model,
         screenshot,
         out,
         width,
         theme,
         language,
         importFile,
         into,
         exportProject,
         withoutImages,
         withoutModels});
    parser.addPositionalArgument(
        QStringLiteral("path"),
        QStringLiteral("A project, a folder of images in any known layout, or image files."),
        QStringLiteral("[PROJECT|FOLDER|FILE...]"));
    const int usage = guidino::exitCodeOf(guidino::ErrorCode::Usage);
    const auto refuse = [usage](const QString& message) {
        std::fprintf(stderr, "guidino-workbench: %s\n", qPrintable(message));
        return usage;
    };
    if (!parser.parse(arguments)) {
        return refuse(parser.errorText());
    }
    if (parser.isSet(help)) {
        std::fputs(qPrintable(parser.helpText()), stdout);
        return 0;
    }
    if (parser.isSet(version)) {
        std::printf("guidino-workbench %s\n", GUIDINO_VERSION);
        return 0;
    }
    options.paths = parser.positionalArguments();
    options.screen = parser.value(screenshot);
    options.out = parser.value(out);
    options.width = parser.value(width).toInt();
    options.model = parser.value(model);
    options.language = parser.value(language);
    options.wantsLight = parser.value(theme) == QLatin1String("light");
    options.wantsDark = parser.value(theme) == QLatin1String("dark");
    if (parser.isSet(theme) && !options.wantsLight && !options.wantsDark) {
        return refuse(QStringLiteral("--theme is dark or light"));
    }
    if (parser.isSet(screenshot) && !guidino::Screenshot::screens().contains(options.screen)) {
        return refuse(
            QStringLiteral("--screenshot knows ")
            + guidino::Screenshot::screens().join(QStringLiteral(", ")));
    }
    if (parser.isSet(importFile) != parser.isSet(into)) {
        return refuse(QStringLiteral("--import FILE.gdino and --into DIR belong together"));
    }
    constexpr int kNarrowest = 100;
    if (parser.isSet(width) && (!parser.isSet(screenshot) || options.width < kNarrowest)) {
        return refuse(QStringLiteral("--width is of a --screenshot, at least 100"));
    }
    const int tasks = static_cast<int>(parser.isSet(screenshot))
                      + static_cast<int>(parser.isSet(exportProject))
                      + static_cast<int>(parser.isSet(importFile));
    if (tasks > 1) {
        return refuse(
            QStringLiteral("--screenshot, --import and --export are asked for one by one"));
    }
    if ((parser.isSet(screenshot) || parser.isSet(exportProject)) != parser.isSet(out)) {
        return refuse(
            QStringLiteral("--screenshot SCREEN or --export PROJECT, and --out FILE belong "
                           "together"));
    }
    options.withoutWindow = {
        parser.value(importFile),
        parser.value(into),
        parser.value(exportProject),
        parser.value(out),
        !parser.isSet(withoutImages),
        !parser.isSet(withoutModels)};
    return std::nullopt;
}

/// Pictures are taken where there is no display, too; --help needs none.
void chooseDisplay(int argc, char** argv)
{
    bool isWithoutWindow = false;
    for (int i = 1; i < argc; ++i) {
        isWithoutWindow = isWithoutWindow || std::strcmp(argv[i], "--screenshot") == 0
                          || std::strncmp(argv[i], "--import", 8) == 0
                          || std::strncmp(argv[i], "--export", 8) == 0
                          || std::strcmp(argv[i], "--help") == 0 || std::strcmp(argv[i], "-h") == 0
                          || std::strcmp(argv[i], "--version") == 0;
    }
    if (isWithoutWindow && qEnvironmentVariableIsEmpty("DISPLAY")
        && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
}

void translate(QApplication& application, const QString& language)
{
    const QLocale locale = language.isEmpty() ? QLocale() : QLocale(language);
    QLocale::setDefault(locale);
    auto* ours = new QTranslator(&application);
    const QString folder = QStringLiteral(":/i18n");
    if (ours->load(locale, QStringLiteral("guidino"), QStringLiteral("_"), folder)
        // Languages without a translation get English, whose plural forms are in a file, too.
        || ours->load(QStringLiteral("guidino_en"), folder)) {
        QApplication::installTranslator(ours);
    }
    auto* qt = new QTranslator(&application);
    if (qt->load(
            locale,
            QStringLiteral("qtbase"),
            QStringLiteral("_"),
            QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        QApplication::installTranslator(qt);
    }
}

} // namespace

int main(int argc, char** argv)
{
    using namespace guidino;
    chooseDisplay(argc, argv);
    // Each position of the pointer counts for a stroke; repaints are pooled by the documents.
    QApplication::setAttribute(Qt::AA_CompressHighFrequencyEvents, false);
    QApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("guidino-workbench"));
    QApplication::setApplicationDisplayName(QString());
    QApplication::setStyle(QStringLiteral("Fusion"));
    Options options;
    if (const auto code = parse(QApplication::arguments(), options)) {
        return *code;
    }
    if (options.withoutWindow.isAsked()) {
        return runWithoutWindow(options.withoutWindow);
    }
    loadResources();
    translate(application, options.language);

    const Places places = findPlaces(QApplication::applicationDirPath());
    const bool isPicture = !options.screen.isEmpty();
    QSettings settings(
        isPicture ? QString() : places.settings, // pictures neither read nor write settings
        QSettings::IniFormat);
    ui::Theme theme(application);
    theme.apply(
        !options.wantsLight
        && (options.wantsDark || !settings.value(QStringLiteral("lightTheme")).toBool()));
    ui::ViewSettings view;
    ui::ToolState tools;
    // Pictures leave nothing behind.
    const QTemporaryDir scratch;
    ui::ProjectController project(
        isPicture ? scratch.filePath(QStringLiteral("projects")) : places.projects);
    ui::DatasetController dataset(project);
    ui::PredictionController prediction(dataset, places.guidino);
    ui::GuideController guide(dataset, prediction, project);
    ui::ModelRegistry models(project, prediction);
    ui::JobsController jobs(
        project, dataset, prediction, places.guidino, isPicture ? scratch.path() : places.leases);
    ui::TrainingController training(dataset, prediction, jobs.queue(), places.guidino);
    const ui::WindowServices services{
        project,
        dataset,
        prediction,
        training,
        view,
        tools,
        theme,
        settings,
        places.samples,
        places.demoModel,
        QStringLiteral(GUIDINO_VERSION),
        guide,
        models,
        jobs};
    ui::MainWindow window(services);

    QString model = options.model;
    if (model.isEmpty()) {
        model = settings.value(QStringLiteral("model"), places.demoModel).toString();
    }
    if (isPicture) {
        new Screenshot(window, services, options.screen, options.out, options.paths, options.width);
    } else {
        window.open(options.paths);
    }
    window.show();
    prediction.setModel(model);
    return QApplication::exec();
}
