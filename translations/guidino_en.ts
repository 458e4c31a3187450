<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>guidino::ui::AdjudicationPage</name>
    <message numerus="yes">
        <source>Settle %n agreed case(s)</source>
        <translation>
            <numerusform>Settle %n agreed case</numerusform>
            <numerusform>Settle %n agreed cases</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::AdoptionGate</name>
    <message numerus="yes">
        <source>%n locked image(s) lose more than the limit of %1 DSC; the worst loses %2.</source>
        <translation>
            <numerusform>%n locked image loses more than the limit of %1 DSC; the worst loses %2.</numerusform>
            <numerusform>%n locked images lose more than the limit of %1 DSC; the worst loses %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n locked image(s) could not be predicted, so it is not known whether they got worse.</source>
        <translation>
            <numerusform>%n locked image could not be predicted, so it is not known whether it got worse.</numerusform>
            <numerusform>%n locked images could not be predicted, so it is not known whether they got worse.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The references of all %n locked image(s) began as predictions of these models: they cannot judge them. Draw some of them without a prediction, or say why the model is to be used all the same.</source>
        <translation>
            <numerusform>The reference of the %n locked image began as a prediction of these models: it cannot judge them. Draw it without a prediction, or say why the model is to be used all the same.</numerusform>
            <numerusform>The references of all %n locked images began as predictions of these models: they cannot judge them. Draw some of them without a prediction, or say why the model is to be used all the same.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::AuditDialog</name>
    <message numerus="yes">
        <source>The chain holds: %n line(s), none changed.</source>
        <translation>
            <numerusform>The chain holds: %n line, none changed.</numerusform>
            <numerusform>The chain holds: %n lines, none changed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::BackupsSheet</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n revision(s)</source>
        <translation>
            <numerusform>%n revision</numerusform>
            <numerusform>%n revisions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n decision(s)</source>
        <translation>
            <numerusform>%n decision</numerusform>
            <numerusform>%n decisions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ClassesSheet</name>
    <message numerus="yes">
        <source>Labels of %n image(s) changed.</source>
        <translation>
            <numerusform>Labels of %n image changed.</numerusform>
            <numerusform>Labels of %n images changed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ComparisonController</name>
    <message numerus="yes">
        <source>Comparison: %1 on %n image(s)</source>
        <translation>
            <numerusform>Comparison: %1 on %n image</numerusform>
            <numerusform>Comparison: %1 on %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ComparisonText</name>
    <message numerus="yes">
        <source>%n locked image(s)</source>
        <translation>
            <numerusform>%n locked image</numerusform>
            <numerusform>%n locked images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n validation image(s)</source>
        <translation>
            <numerusform>%n validation image</numerusform>
            <numerusform>%n validation images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n corrected image(s)</source>
        <translation>
            <numerusform>%n corrected image</numerusform>
            <numerusform>%n corrected images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n labelled image(s)</source>
        <translation>
            <numerusform>%n labelled image</numerusform>
            <numerusform>%n labelled images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) left out: their references began as predictions of one of these models or of a model that it descends from, and would judge it by itself.</source>
        <translation>
            <numerusform>%n image left out: its reference began as a prediction of one of these models or of a model that it descends from, and would judge it by itself.</numerusform>
            <numerusform>%n images left out: their references began as predictions of one of these models or of a model that it descends from, and would judge it by itself.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) without a score.</source>
        <translation>
            <numerusform>%n image without a score.</numerusform>
            <numerusform>%n images without a score.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The locked images were looked at %n time(s). The more often models are chosen by them, the less they prove.</source>
        <translation>
            <numerusform>The locked images were looked at %n time. The more often models are chosen by them, the less they prove.</numerusform>
            <numerusform>The locked images were looked at %n times. The more often models are chosen by them, the less they prove.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::DashboardPage</name>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n damaged line(s) passed over</source>
        <translation>
            <numerusform>%n damaged line passed over</numerusform>
            <numerusform>%n damaged lines passed over</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::DatasetController</name>
    <message numerus="yes">
        <source>%n file(s) of this folder cannot be used.</source>
        <translation>
            <numerusform>%n file of this folder cannot be used.</numerusform>
            <numerusform>%n files of this folder cannot be used.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are not where they were.</source>
        <translation>
            <numerusform>%n image is not where it was.</numerusform>
            <numerusform>%n images are not where they were.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The program ended unexpectedly. Unsaved labels of %n image(s) came back.</source>
        <translation>
            <numerusform>The program ended unexpectedly. Unsaved labels of %n image came back.</numerusform>
            <numerusform>The program ended unexpectedly. Unsaved labels of %n images came back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Unsaved labels of %n image(s) from an earlier session are back.</source>
        <translation>
            <numerusform>Unsaved labels of %n image from an earlier session are back.</numerusform>
            <numerusform>Unsaved labels of %n images from an earlier session are back.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ExportDialog</name>
    <message numerus="yes">
        <source>%n mask(s)</source>
        <translation>
            <numerusform>%n mask</numerusform>
            <numerusform>%n masks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>a report on %n image(s)</source>
        <translation>
            <numerusform>a report on %n image</numerusform>
            <numerusform>a report on %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTuneController</name>
    <message numerus="yes">
        <source>%n image(s) a step</source>
        <translation>
            <numerusform>%n image a step</numerusform>
            <numerusform>%n images a step</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTunePlan</name>
    <message numerus="yes">
        <source>Label at least %n image(s) first.</source>
        <translation>
            <numerusform>Label at least %n image first.</numerusform>
            <numerusform>Label at least %n images first.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::FineTuneSheet</name>
    <message numerus="yes">
        <source>%n corrected guide(s)</source>
        <translation>
            <numerusform>%n corrected guide</numerusform>
            <numerusform>%n corrected guides</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n corrected mask(s)</source>
        <translation>
            <numerusform>%n corrected mask</numerusform>
            <numerusform>%n corrected masks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) as imported</source>
        <translation>
            <numerusform>%n mask as imported</numerusform>
            <numerusform>%n masks as imported</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n held-out locked</source>
        <translation>
            <numerusform>%n held-out locked</numerusform>
            <numerusform>%n held-out locked</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The best checkpoint is chosen by %n validation image(s) alone.</source>
        <translation>
            <numerusform>The best checkpoint is chosen by %n validation image alone.</numerusform>
            <numerusform>The best checkpoint is chosen by %n validation images alone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Locked cases never train; they were looked at %n time(s).</source>
        <translation>
            <numerusform>Locked cases never train; they were looked at %n time.</numerusform>
            <numerusform>Locked cases never train; they were looked at %n times.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of these, %n are drawn by chance now, group by group, and stay so.</source>
        <translation>
            <numerusform>Of these, %n is drawn by chance now, group by group, and stays so.</numerusform>
            <numerusform>Of these, %n are drawn by chance now, group by group, and stay so.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rejected, unsure or contested image(s) are left out.</source>
        <translation>
            <numerusform>%n rejected, unsure or contested image is left out.</numerusform>
            <numerusform>%n rejected, unsure or contested images are left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are left out because they show the scene of a locked case.</source>
        <translation>
            <numerusform>%n image is left out because it shows the scene of a locked case.</numerusform>
            <numerusform>%n images are left out because they show the scene of a locked case.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n corrected guide(s) wait for a mask of their image.</source>
        <translation>
            <numerusform>%n corrected guide waits for a mask of their image.</numerusform>
            <numerusform>%n corrected guides wait for a mask of their image.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s) of the training images</source>
        <translation>
            <numerusform>%n epoch of the training images</numerusform>
            <numerusform>%n epochs of the training images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ImageListPanel</name>
    <message numerus="yes">
        <source>%1 of %n image(s) labelled</source>
        <translation>
            <numerusform>%1 of %n image labelled</numerusform>
            <numerusform>%1 of %n images labelled</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shown</source>
        <translation>
            <numerusform>%n shown</numerusform>
            <numerusform>%n shown</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::JobsDock</name>
    <message numerus="yes">
        <source>Jobs (%n running)</source>
        <translation>
            <numerusform>Jobs (%n running)</numerusform>
            <numerusform>Jobs (%n running)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::LogPage</name>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::MainWindow</name>
    <message numerus="yes">
        <source>The labels of %n image(s) are not in their mask files yet.</source>
        <translation>
            <numerusform>The labels of %n image are not in their mask files yet.</numerusform>
            <numerusform>The labels of %n images are not in their mask files yet.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::MixerPanel</name>
    <message numerus="yes">
        <source>%n image(s) to search…</source>
        <translation>
            <numerusform>%n image to search…</numerusform>
            <numerusform>%n images to search…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 effective directions among %n prototype(s).</source>
        <translation>
            <numerusform>%1 effective directions among %n prototype.</numerusform>
            <numerusform>%1 effective directions among %n prototypes.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::MixerStrip</name>
    <message numerus="yes">
        <source>%n prototype(s) that point the same way</source>
        <translation>
            <numerusform>%n prototype that points the same way</numerusform>
            <numerusform>%n prototypes that point the same way</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ModelsPage</name>
    <message numerus="yes">
        <source>The locked images were looked at %n time(s)</source>
        <translation>
            <numerusform>The locked images were looked at %n time</numerusform>
            <numerusform>The locked images were looked at %n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::NewProjectSheet</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n with a mask</source>
        <translation>
            <numerusform>%n with a mask</numerusform>
            <numerusform>%n with a mask</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) cannot be used:</source>
        <translation>
            <numerusform>%n file cannot be used:</numerusform>
            <numerusform>%n files cannot be used:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::PinDialog</name>
    <message numerus="yes">
        <source>At most %n image(s) can be pinned.</source>
        <translation>
            <numerusform>At most %n image can be pinned.</numerusform>
            <numerusform>At most %n images can be pinned.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) pinned. They are shown from the next validation on; what was shown before stays.</source>
        <translation>
            <numerusform>%n image pinned. It is shown from the next validation on; what was shown before stays.</numerusform>
            <numerusform>%n images pinned. They are shown from the next validation on; what was shown before stays.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) pinned. The run has ended: they are shown where it goes on.</source>
        <translation>
            <numerusform>%n image pinned. The run has ended: it is shown where it goes on.</numerusform>
            <numerusform>%n images pinned. The run has ended: they are shown where it goes on.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::PredictSheet</name>
    <message numerus="yes">
        <source>%n image(s) will be predicted.</source>
        <translation>
            <numerusform>%n image will be predicted.</numerusform>
            <numerusform>%n images will be predicted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ProjectUi</name>
    <message numerus="yes">
        <source>%n image(s) were added.</source>
        <translation>
            <numerusform>%n image was added.</numerusform>
            <numerusform>%n images were added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) were found.</source>
        <translation>
            <numerusform>%n image was found.</numerusform>
            <numerusform>%n images were found.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n are still missing.</source>
        <translation>
            <numerusform>%n is still missing.</numerusform>
            <numerusform>%n are still missing.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be copied and stay where they are.</source>
        <translation>
            <numerusform>%n image could not be copied and stays where it is.</numerusform>
            <numerusform>%n images could not be copied and stay where they are.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReadersDialog</name>
    <message numerus="yes">
        <source>%n image(s) are in %1.</source>
        <translation>
            <numerusform>%n image is in %1.</numerusform>
            <numerusform>%n images are in %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be read and are not in it.</source>
        <translation>
            <numerusform>%n image could not be read and is not in it.</numerusform>
            <numerusform>%n images could not be read and are not in it.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::RecoverySheet</name>
    <message numerus="yes">
        <source>%n stroke(s) that were not saved came back,</source>
        <translation>
            <numerusform>%n stroke that was not saved came back,</numerusform>
            <numerusform>%n strokes that were not saved came back,</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n image(s), the last from %1.</source>
        <translation>
            <numerusform>in %n image, the last from %1.</numerusform>
            <numerusform>in %n images, the last from %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stroke(s)</source>
        <translation>
            <numerusform>%n stroke</numerusform>
            <numerusform>%n strokes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewDesk</name>
    <message numerus="yes">
        <source>%n image(s) are ranked by review value.</source>
        <translation>
            <numerusform>%n image is ranked by review value.</numerusform>
            <numerusform>%n images are ranked by review value.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewPage</name>
    <message numerus="yes">
        <source>%n reason(s) left out: rank by all again</source>
        <translation>
            <numerusform>%n reason left out: rank by all again</numerusform>
            <numerusform>%n reasons left out: rank by all again</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewScan</name>
    <message numerus="yes">
        <source>Prediction of %n image(s)</source>
        <translation>
            <numerusform>Prediction of %n image</numerusform>
            <numerusform>Prediction of %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Mirrored views of %n image(s)</source>
        <translation>
            <numerusform>Mirrored views of %n image</numerusform>
            <numerusform>Mirrored views of %n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::ReviewText</name>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n part</numerusform>
            <numerusform>%n parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::RunChartView</name>
    <message numerus="yes">
        <source>%n value(s) not above 0 left out</source>
        <translation>
            <numerusform>%n value not above 0 left out</numerusform>
            <numerusform>%n values not above 0 left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::StatusReadOuts</name>
    <message numerus="yes">
        <source>%n s ago</source>
        <translation>
            <numerusform>%n s ago</numerusform>
            <numerusform>%n s ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n min ago</numerusform>
            <numerusform>%n min ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n mask(s) to save, kept safe %1</source>
        <translation>
            <numerusform>%n mask to save, kept safe %1</numerusform>
            <numerusform>%n masks to save, kept safe %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::TagsSheet</name>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>%n image</numerusform>
            <numerusform>%n images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::TrainingController</name>
    <message numerus="yes">
        <source>Label at least %n image(s) first.</source>
        <translation>
            <numerusform>Label at least %n image first.</numerusform>
            <numerusform>Label at least %n images first.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::TrainingPanel</name>
    <message numerus="yes">
        <source>A new model learns from %n labelled image(s).</source>
        <translation>
            <numerusform>A new model learns from %n labelled image.</numerusform>
            <numerusform>A new model learns from %n labelled images.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model %1 goes on learning from %n labelled image(s).</source>
        <translation>
            <numerusform>The model %1 goes on learning from %n labelled image.</numerusform>
            <numerusform>The model %1 goes on learning from %n labelled images.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>guidino::ui::TransferSheet</name>
    <message numerus="yes">
        <source>%1 holds %n file(s), %2.</source>
        <translation>
            <numerusform>%1 holds %n file, %2.</numerusform>
            <numerusform>%1 holds %n files, %2.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) are missing and left out.</source>
        <translation>
            <numerusform>%n image is missing and left out.</numerusform>
            <numerusform>%n images are missing and left out.</numerusform>
        </translation>
    </message>
</context>
</TS>
