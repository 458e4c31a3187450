<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>guidino::ui::DatasetController</name>
    <message numerus="yes">
        <source>Unsaved labels of %n image(s) from an earlier session were recovered.</source>
        <translation>
            <numerusform>Unsaved labels of %n image from an earlier session were recovered.</numerusform>
            <numerusform>Unsaved labels of %n images from an earlier session were recovered.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of this folder cannot be used.</source>
        <translation>
            <numerusform>%n file of this folder cannot be used.</numerusform>
            <numerusform>%n files of this folder cannot be used.</numerusform>
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
</TS>
