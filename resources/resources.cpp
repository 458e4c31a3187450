// SPDX-License-Identifier: Apache-2.0
#include "resources/resources.h"

#include <QtGlobal>

static void initGuidino()
{
    Q_INIT_RESOURCE(guidino); // must stand outside of any namespace
    Q_INIT_RESOURCE(manual);
}

void guidino::loadResources()
{
    initGuidino();
}
