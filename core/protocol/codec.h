// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/protocol/commands.h"
#include "core/protocol/messages.h"

#include <string>
#include <string_view>

/// Lines from values and values from lines: the only functions that know how a message looks. Any
/// thread; nothing throws.
namespace guidino::protocol {

template<typename Body>
struct Received
{
    Envelope envelope;
    Body body;

    friend bool operator==(const Received&, const Received&) = default;
};

/// One line of UTF-8 without its end. Internal where it would be longer than kMaxLineBytes; bytes
/// that are no UTF-8 are replaced. An Unknown is written with its type alone.
[[nodiscard]] Result<std::string> encode(const Envelope& envelope, const Message& message);
[[nodiscard]] Result<std::string> encode(const Envelope& envelope, const Command& command);

/// BadInput for what is no message: damaged JSON, a field of a wrong type or out of its range, a
/// line that is too long. Unknown types come as Unknown, unknown fields are passed over. A hello of
/// another protocol version is decoded as far as it goes: the reader looks at `version`.
[[nodiscard]] Result<Received<Message>> decodeMessage(std::string_view line);
[[nodiscard]] Result<Received<Command>> decodeCommand(std::string_view line);

/// The payload of a prediction as its own JSON text: the content of result.json.
[[nodiscard]] std::string encodePrediction(const Prediction& prediction);

/// The name on the wire, such as "stop_and_keep".
[[nodiscard]] std::string_view typeOf(const Message& message);
[[nodiscard]] std::string_view typeOf(const Command& command);

/// Now, as an envelope says it.
[[nodiscard]] std::string utcNow();

} // namespace guidino::protocol
