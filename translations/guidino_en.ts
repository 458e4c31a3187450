<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>guidino::ui::AuditDialog</name>
    <message numerus="yes">
        <source>The chain holds: %n decision(s), none changed.</source>
        <translation>
            <numerusform>The chain holds: %n decision, none changed.</numerusform>
            <numerusform>The chain holds: %n decisions, none changed.</numerusform>
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
