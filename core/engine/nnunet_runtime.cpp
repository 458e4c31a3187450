// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nnunet.h"
#include "core/engine/nnunet_pack.h"
#include "core/engine/nnunet_predict.h"

namespace guidino::engine {

namespace {

class LibTorchNnunetRuntime final : public NnunetRuntime
{
public:
    [[nodiscard]] Result<NnunetPackOutcome>
    pack(const NnunetPackRequest& request, JobContext& context) override
    {
        return makeNnunetPack(request, context);
    }

    [[nodiscard]] Result<PredictOutcome>
    predict(const NnunetPredictRequest& request, JobContext& context) override
    {
        return predictNnunet(request, context);
    }
};

} // namespace

} // namespace guidino::engine

guidino::engine::NnunetRuntime* guidino_nnunet_v1()
{
    static guidino::engine::LibTorchNnunetRuntime runtime;
    return &runtime;
}
