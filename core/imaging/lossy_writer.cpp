// SPDX-License-Identifier: Apache-2.0
#include "core/imaging/image_writer.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio> // jpeglib.h needs FILE
#include <cstdlib>

// Groups of their own: jpeglib.h needs size_t and FILE first.
#include <jpeglib.h>
#include <webp/encode.h>

namespace guidino::imaging {

namespace {

/// State that outlives libjpeg's long jumps.
struct JpegState
{
    jpeg_compress_struct encoder{};
    jpeg_error_mgr errors{};
    std::jmp_buf jump{};
    char message[JMSG_LENGTH_MAX] = {};
    unsigned char* bytes = nullptr;
    unsigned long byteCount = 0;

    ~JpegState()
    {
        jpeg_destroy_compress(&encoder);
        std::free(bytes); // NOLINT(cppcoreguidelines-no-malloc): jpeg_mem_dest allocates so
    }
};

[[noreturn]] void onError(j_common_ptr encoder)
{
    auto* state = static_cast<JpegState*>(encoder->client_data);
    encoder->err->format_message(encoder, state->message);
    std::longjmp(state->jump, 1); // NOLINT(cert-err52-cpp): libjpeg's interface
}

bool write(JpegState& state, const Raster8& image, int quality)
{
    if (setjmp(state.jump) != 0) { // NOLINT(cert-err52-cpp): libjpeg's interface
        return false;
    }
    jpeg_create_compress(&state.encoder);
    state.encoder.client_data = &state;
    jpeg_mem_dest(&state.encoder, &state.bytes, &state.byteCount);
    state.encoder.image_width = static_cast<JDIMENSION>(image.width());
    state.encoder.image_height = static_cast<JDIMENSION>(image.height());
    state.encoder.input_components = image.channels();
    state.encoder.in_color_space = image.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&state.encoder);
    jpeg_set_quality(&state.encoder, quality, TRUE);
    jpeg_start_compress(&state.encoder, TRUE);
    while (state.encoder.next_scanline < state.encoder.image_height) {
        // libjpeg's interface is not const, but it only reads.
        JSAMPROW row =
            const_cast<JSAMPROW>(image.row(static_cast<int>(state.encoder.next_scanline)));
        jpeg_write_scanlines(&state.encoder, &row, 1);
    }
    jpeg_finish_compress(&state.encoder);
    return true;
}

} // namespace

Result<std::string> encodeJpeg(const Raster8& image, int quality)
{
    if (image.isEmpty() || (image.channels() != 1 && image.channels() != 3)) {
        return Error{ErrorCode::Internal, "a JPEG needs pixels of 1 or 3 channels", {}};
    }
    JpegState state;
    state.encoder.err = jpeg_std_error(&state.errors);
    state.errors.error_exit = onError;
    state.encoder.client_data = &state;
    if (!write(state, image, std::clamp(quality, 1, 100))) {
        return Error{
            ErrorCode::Internal, std::string("cannot encode a JPEG: ") + state.message, {}};
    }
    return std::string(reinterpret_cast<const char*>(state.bytes), state.byteCount);
}

Result<std::string> encodeWebp(const Raster8& image, int quality)
{
    if (image.channels() == 1 && !image.isEmpty()) {
        Raster8 rgb(image.width(), image.height(), 3);
        std::uint8_t* out = rgb.data();
        for (const std::uint8_t value : image.pixels()) {
            out = std::fill_n(out, 3, value);
        }
        return encodeWebp(rgb, quality);
    }
    if (image.isEmpty() || (image.channels() != 3 && image.channels() != 4)
        || image.width() > WEBP_MAX_DIMENSION || image.height() > WEBP_MAX_DIMENSION) {
        return Error{
            ErrorCode::Internal,
            "a WebP needs 1, 3 or 4 channels and sides up to 16383 pixels",
            {}};
    }
    const int stride = image.width() * image.channels();
    const auto level = static_cast<float>(std::clamp(quality, 0, 100));
    std::uint8_t* bytes = nullptr;
    std::size_t count = 0;
    if (image.channels() == 3) {
        count =
            quality == 0
                ? WebPEncodeLosslessRGB(image.data(), image.width(), image.height(), stride, &bytes)
                : WebPEncodeRGB(image.data(), image.width(), image.height(), stride, level, &bytes);
    } else {
        count = quality == 0
                    ? WebPEncodeLosslessRGBA(
                        image.data(), image.width(), image.height(), stride, &bytes)
                    : WebPEncodeRGBA(
                        image.data(), image.width(), image.height(), stride, level, &bytes);
    }
    if (count == 0) {
        return Error{ErrorCode::Internal, "cannot encode a WebP", {}};
    }
    std::string result(reinterpret_cast<const char*>(bytes), count);
    WebPFree(bytes);
    return result;
}

} // namespace guidino::imaging
