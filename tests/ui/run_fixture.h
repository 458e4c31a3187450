// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/codec.h"
#include "core/protocol/run_folder.h"

#include <QDir>
#include <QImage>
#include <QString>
#include <QTemporaryDir>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace guidino::ui {

/// A run folder written by hand, message by message, as a worker would.
class SyntheticRun
{
public:
    explicit SyntheticRun(std::filesystem::path folder)
        : m_folder(std::move(folder))
    {
        std::filesystem::create_directories(m_folder / "previews");
    }

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    /// `seconds`: of the message's time, after 12:00.
    void say(const protocol::Message& message)
    {
        protocol::Envelope envelope;
        envelope.seq = ++m_seq;
        char time[40];
        const int ms = static_cast<int>(std::lround(m_seconds * 1000));
        (void)std::snprintf(
            time,
            sizeof time,
            "2026-01-31T%02d:%02d:%02d.%03dZ",
            12 + ms / 3600000,
            ms / 60000 % 60,
            ms / 1000 % 60,
            ms % 1000);
        envelope.time = time;
        append("messages.jsonl", *protocol::encode(envelope, message) + "\n");
    }

    void append(const char* file, const std::string& text) const
    {
        std::ofstream(m_folder / file, std::ios::binary | std::ios::app) << text;
    }

    void pass(double seconds) { m_seconds += seconds; }

    void begin()
    {
        protocol::Hello hello;
        hello.build = "test";
        hello.kind = "run";
        say(hello);
    }

    /// One epoch of `steps` steps with its validation, as the engine tells it.
    void epoch(int number, int epochs, int steps, double dsc, double rate = 1e-3)
    {
        for (int step = 1; step <= steps; ++step) {
            const int done = (number - 1) * steps + step;
            pass(1);
            say(protocol::Progress{
                "train",
                done,
                epochs * steps,
                double(epochs * steps - done),
                "epoch " + std::to_string(number) + "/" + std::to_string(epochs)});
            say(protocol::Metric{"loss", 1.0 / done, done, "train"});
        }
        pass(1);
        const auto tell = [&](const char* name, double value, const char* split) {
            say(protocol::Metric{name, value, number, split});
        };
        tell("train_loss", 1.0 / number, "train");
        tell("train_dice", 1 - 0.5 / number, "train");
        tell("train_ce", 0.5 / number, "train");
        tell("lr", rate, "train");
        tell("val_loss", 1.2 / number, "val");
        tell("dsc", dsc, "val");
        tell("iou", dsc / (2 - dsc), "val");
        tell("hd95", 20 * (1 - dsc), "val");
        tell("images_per_second", 12.5, "train");
        tell("memory_mib", 800 + number, "train");
    }

    void checkpoint(int epoch, double score) { say(protocol::Checkpoint{"best", epoch, score}); }

    /// A picture of two squares, the second of one grey.
    void preview(const std::string& stem, int epoch, int grey, double dsc)
    {
        constexpr int kSide = 64;
        QImage picture(2 * kSide + 4, kSide, QImage::Format_RGB32);
        picture.fill(Qt::white);
        for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide; ++x) {
                picture.setPixel(x, y, qRgb(grey, 0, 0));
                picture.setPixel(kSide + 4 + x, y, qRgb(0, grey, 0));
            }
        }
        char name[32];
        (void)std::snprintf(name, sizeof name, "-epoch%04d.png", epoch);
        const std::string path = "previews/" + stem + name;
        picture.save(QString::fromStdString((m_folder / path).string()));
        say(protocol::Preview{path, stem, epoch});
        append(
            "previews/scores.csv",
            std::to_string(epoch) + ",\"" + stem + "\"," + std::to_string(dsc) + ",0.5,7\n");
    }

    void end(const char* reason = "finished", int exitCode = 0)
    {
        say(protocol::Bye{reason, exitCode});
    }

    /// run.json and job.json, as far as the dashboard reads them.
    void writeRecords() const
    {
        protocol::TrainSpec spec;
        spec.config = "guidino-u";
        spec.data = "/data/polyps and more";
        spec.settings = {"training.epochs=5", "training.seed=7"};
        (void)protocol::writeJob(m_folder, spec);
        append(
            "run.json",
            R"({"version": 1, "program": "0.1.0", "libtorch": "2.11.0", "device": "cpu",
                "threads": 2, "parameters": 12345,
                "data": {"path": "/data/polyps and more", "layout": "folders",
                         "sha256": "abc123", "train": 40, "validation": 10,
                         "classes": [{"index": 1, "name": "polyp"}]},
                "init": {"path": "demo", "sha256": "def456"},
                "backbone": {"name": "", "sha256": ""},
                "recipe": "quick-finetune",
                "settings": ["training.epochs=5", "training.seed=7"],
                "config": {"system": "guidino-u", "profile": "fixed",
                           "training": {"epochs": 5, "seed": 7, "learning_rate": 0.0001},
                           "guide": {"gates": ["bottleneck"]}}})");
        append(
            "splits.json",
            R"({"version": 1, "seed": 7, "lists": {"train": [{"name": "x"}],
                "val": [{"name": "images/a.png"}, {"name": "images/b.png"}, "c"]}})");
    }

private:
    std::filesystem::path m_folder;
    std::int64_t m_seq = 0;
    double m_seconds = 0;
};

} // namespace guidino::ui
