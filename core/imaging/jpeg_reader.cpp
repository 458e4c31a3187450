// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/codec.h"

#include <csetjmp>
#include <cstdio> // jpeglib.h needs FILE

// A group of its own: jpeglib.h needs size_t and FILE first.
#include <jerror.h>
#include <jpeglib.h>

namespace guidino::imaging {

namespace {

// Progressive files of a few kilobytes can ask for hours of work; real ones have about ten scans.
constexpr int kMaxScans = 500;

struct JpegState
{
    jpeg_decompress_struct decoder{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf jump{};
    char message[JMSG_LENGTH_MAX] = {};
    bool isTruncated = false;
    std::vector<std::string> warnings;

    ~JpegState() { jpeg_destroy_decompress(&decoder); }
};

JpegState& stateOf(j_common_ptr decoder)
{
    return *static_cast<JpegState*>(decoder->client_data);
}

[[noreturn]] void onError(j_common_ptr decoder)
{
    JpegState& state = stateOf(decoder);
    decoder->err->format_message(decoder, state.message);
    std::longjmp(state.jump, 1); // NOLINT(cert-err52-cpp): libjpeg's interface
}

/// libjpeg goes on with grey or smeared pixels after these; a diagnosis on them would be wrong, so
/// data that is damaged or missing is an error here.
void onMessage(j_common_ptr decoder, int level)
{
    if (level >= 0) {
        return;
    }
    JpegState& state = stateOf(decoder);
    switch (decoder->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
        state.isTruncated = true;
        onError(decoder);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_NOT_SEQUENTIAL:
        onError(decoder);
    default:
        break;
    }
    char text[JMSG_LENGTH_MAX] = {};
    decoder->err->format_message(decoder, text);
    if (state.warnings.size() < 8) {
        state.warnings.emplace_back(text);
    }
}

void onProgress(j_common_ptr decoder)
{
    if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number > kMaxScans) {
        JpegState& state = stateOf(decoder);
        std::snprintf(state.message, sizeof state.message, "more than %d scans", kMaxScans);
        std::longjmp(state.jump, 1); // NOLINT(cert-err52-cpp): libjpeg's interface
    }
}

bool readHeader(JpegState& state, Bytes bytes)
{
    if (setjmp(state.jump) != 0) { // NOLINT(cert-err52-cpp): libjpeg's interface
        return false;
    }
    jpeg_create_decompress(&state.decoder);
    state.decoder.client_data = &state;
    state.decoder.progress = &state.progress;
    state.progress.progress_monitor = onProgress;
    jpeg_mem_src(&state.decoder, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&state.decoder, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&state.decoder, TRUE);
    switch (state.decoder.jpeg_color_space) {
    case JCS_GRAYSCALE:
        state.decoder.out_color_space = JCS_GRAYSCALE;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        state.decoder.out_color_space = JCS_CMYK;
        break;
    default:
        state.decoder.out_color_space = JCS_RGB;
    }
    return true;
}

bool readRows(JpegState& state, std::uint8_t* pixels, std::size_t rowBytes, int rows)
{
    if (setjmp(state.jump) != 0) { // NOLINT(cert-err52-cpp): libjpeg's interface
        return false;
    }
    jpeg_start_decompress(&state.decoder);
    if (state.decoder.output_width * static_cast<unsigned>(state.decoder.output_components)
            != rowBytes
        || static_cast<int>(state.decoder.output_height) != rows) {
        std::snprintf(state.message, sizeof state.message, "unexpected size");
        return false;
    }
    while (state.decoder.output_scanline < state.decoder.output_height) {
        JSAMPROW row = pixels + state.decoder.output_scanline * rowBytes;
        jpeg_read_scanlines(&state.decoder, &row, 1);
    }
    jpeg_finish_decompress(&state.decoder);
    return true;
}

int orientationOf(const jpeg_decompress_struct& decoder)
{
    static constexpr char kExif[] = "Exif\0"; // with the closing zero: six bytes
    for (auto* marker = decoder.marker_list; marker != nullptr; marker = marker->next) {
        const Bytes data{marker->data, marker->data_length};
        if (data.size() > 6 && std::equal(kExif, kExif + 6, data.begin())) {
            return exifOrientation(data.subspan(6));
        }
    }
    return 1;
}

std::optional<SpacingMm> spacingOf(const jpeg_decompress_struct& decoder)
{
    const double pixelsPerUnit[] = {
        static_cast<double>(decoder.X_density), static_cast<double>(decoder.Y_density)};
    if (decoder.saw_JFIF_marker == FALSE || decoder.density_unit == 0) {
        return std::nullopt;
    }
    const double mm = decoder.density_unit == 1 ? 25.4 : 10.0;
    return spacingFromPixelsPerMm(pixelsPerUnit[0] / mm, pixelsPerUnit[1] / mm);
}

/// Adobe's programs store CMYK inverted; nobody else writes CMYK JPEG files in practice.
Raster8 rgbFromCmyk(const Raster8& cmyk, bool isInverted)
{
    Raster8 rgb(cmyk.width(), cmyk.height(), 3);
    const std::uint8_t* in = cmyk.data();
    std::uint8_t* out = rgb.data();
    for (std::int64_t i = 0; i < cmyk.size().area(); ++i, in += 4, out += 3) {
        const int black = isInverted ? in[3] : 255 - in[3];
        for (int channel = 0; channel < 3; ++channel) {
            const int ink = isInverted ? in[channel] : 255 - in[channel];
            out[channel] = static_cast<std::uint8_t>((ink * black + 127) / 255);
        }
    }
    return rgb;
}

[[noreturn]] void fail(const JpegState& state)
{
    if (state.isTruncated) {
        throw CodecError("truncated JPEG: the file ends too early");
    }
    throw CodecError(std::string("damaged JPEG: ") + state.message);
}

Decoded decodeAt(Bytes bytes, Extent extent, int halvings)
{
    JpegState state;
    state.decoder.err = jpeg_std_error(&state.errors);
    state.errors.error_exit = onError;
    state.errors.emit_message = onMessage;
    state.decoder.client_data = &state;
    if (!readHeader(state, bytes)) {
        fail(state);
    }
    const jpeg_decompress_struct& decoder = state.decoder;
    checkSize(decoder.image_width, decoder.image_height);
    Decoded decoded;
    decoded.info.format = "jpeg";
    decoded.info.isLossy = true;
    decoded.info.size = {
        static_cast<int>(decoder.image_width), static_cast<int>(decoder.image_height)};
    decoded.info.channels = decoder.num_components;
    decoded.info.bitDepth = decoder.data_precision;
    decoded.info.orientation = orientationOf(decoder);
    decoded.info.spacingMm = spacingOf(decoder);
    decoded.info.warnings = state.warnings;
    if (extent == Extent::HeaderOnly) {
        return decoded;
    }
    // One bit a block of 64 pixels is the least that Huffman coding can do, with room for a
    // factor 4.
    if (decoder.arith_code == FALSE
        && static_cast<double>(decoded.info.size.area())
               > 2048.0 * static_cast<double>(bytes.size())) {
        throw CodecError("truncated JPEG: too short for its size in pixels");
    }
    const bool isCmyk = decoder.out_color_space == JCS_CMYK;
    const int channels = isCmyk ? 4 : decoder.out_color_space == JCS_GRAYSCALE ? 1 : 3;
    const auto reduced = [halvings](int side) {
        return (side + (1 << halvings) - 1) >> halvings;
    };
    state.decoder.scale_num = 8U >> static_cast<unsigned>(halvings);
    state.decoder.scale_denom = 8;
    Raster8 pixels(
        reduced(decoded.info.size.width), reduced(decoded.info.size.height), channels);
    const auto rowBytes =
        static_cast<std::size_t>(pixels.width()) * static_cast<std::size_t>(channels);
    if (!readRows(state, pixels.data(), rowBytes, pixels.height())) {
        fail(state);
    }
    decoded.pixels8 =
        isCmyk ? rgbFromCmyk(pixels, decoder.saw_Adobe_marker == TRUE) : std::move(pixels);
    decoded.info.warnings = state.warnings;
    return decoded;
}

} // namespace

Decoded decodeJpeg(Bytes bytes, Extent extent)
{
    return decodeAt(bytes, extent, 0);
}

Decoded decodeJpegReduced(Bytes bytes, int halvings)
{
    return decodeAt(bytes, Extent::Pixels, halvings);
}

} // namespace guidino::imaging
