# SPDX-License-Identifier: Apache-2.0
"""Plain PyTorch networks to time against: the systems of docs/performance.md written the way a PyTorch user would."""
import torch
import torch.nn.functional as F
from torch import nn


class TokenBook(nn.Module):
    def __init__(self, dim, prototypes):
        super().__init__()
        self.input_conv = nn.Conv2d(dim, dim, 1)
        self.book = nn.Parameter(torch.randn(prototypes, dim) * dim**-0.5)

    def forward(self, feature):
        tokens = F.normalize(self.input_conv(feature).flatten(2).transpose(1, 2), dim=-1)
        similarity = tokens @ F.normalize(self.book, dim=-1).T
        b, _, h, w = feature.shape
        return (0.5 + 0.5 * similarity.mean(-1)).view(b, 1, h, w)


class DoubleConv(nn.Sequential):
    def __init__(self, cin, cout):
        super().__init__(
            nn.Conv2d(cin, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True),
            nn.Conv2d(cout, cout, 3, padding=1, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True))


class UNet(nn.Module):
    def __init__(self, base=32, classes=1):
        super().__init__()
        c = [base * 2**i for i in range(5)]
        self.inc = DoubleConv(3, c[0])
        self.down = nn.ModuleList(DoubleConv(c[i], c[i + 1]) for i in range(4))
        self.up = nn.ModuleList(nn.ConvTranspose2d(c[i + 1], c[i], 2, 2) for i in reversed(range(4)))
        self.conv = nn.ModuleList(DoubleConv(2 * c[i], c[i]) for i in reversed(range(4)))
        self.outc = nn.Conv2d(base, classes, 1)

    def forward(self, x, guide=None):
        skips = [self.inc(x)]
        for down in self.down:
            skips.append(down(F.max_pool2d(skips[-1], 2)))
        x = skips.pop()
        if guide is not None:
            x = x * F.interpolate(guide, x.shape[-2:], mode="bilinear", align_corners=False)
        for up, conv in zip(self.up, self.conv):
            x = conv(torch.cat([skips.pop(), up(x)], 1))
        return [self.outc(x)]


def cbg(cin, cout, stride=1, bias=True):
    return [nn.Conv2d(cin, cout, 3, stride, 1, bias=bias), nn.BatchNorm2d(cout), nn.GELU()]


class Res(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.body = nn.Sequential(*cbg(cin, cout), nn.Conv2d(cout, cout, 3, 1, 1), nn.BatchNorm2d(cout))
        self.skip = nn.Identity() if cin == cout else nn.Sequential(nn.Conv2d(cin, cout, 1), nn.BatchNorm2d(cout))

    def forward(self, x):
        return F.gelu(self.body(x) + self.skip(x))


class Global(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.proj = nn.Conv2d(cin, cout, 3, 1, 1)
        self.norm1, self.norm2 = nn.GroupNorm(1, cout), nn.GroupNorm(1, cout)
        self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        self.mlp = nn.Sequential(nn.Conv2d(cout, 4 * cout, 1), nn.GELU(), nn.Conv2d(4 * cout, cout, 1))

    def forward(self, x):
        x = self.proj(x)
        n = self.norm1(x)
        x = x + self.pool(n) - n
        return x + self.mlp(self.norm2(x))


class Up(nn.Sequential):
    def __init__(self, cin, hidden, cout):
        super().__init__(Res(cin, hidden), nn.UpsamplingBilinear2d(scale_factor=2), *cbg(hidden, cout, bias=False))


class Down(nn.Sequential):
    def __init__(self, cin, hidden, cout):
        super().__init__(Res(cin, hidden), *cbg(hidden, cout, 2, bias=False))


class WNet(nn.Module):
    def __init__(self, classes=1, l=(16, 32, 64, 128, 256), g=(8, 16, 32, 64, 128)):
        super().__init__()
        self.stem = nn.Sequential(*cbg(3, l[0]), *cbg(l[0], l[0]))
        self.ope = nn.ModuleList(nn.Sequential(*cbg(l[k], l[k]), *cbg(l[k], l[k + 1], 2, bias=False)) for k in range(4))
        self.qa = nn.ModuleList(Global(l[k], g[k]) for k in range(4))
        self.qb = nn.ModuleList([Global(l[k] + g[k], g[k]) for k in (1, 2, 3)] + [Global(l[4], g[4])])
        self.up1 = nn.ModuleList([Up(l[4], l[4], l[3])] + [Up(l[k] + g[k], l[k], l[k - 1]) for k in (3, 2, 1)])
        self.qc = nn.ModuleList(Global(l[k] + g[k], g[k]) for k in range(4))
        self.down2 = nn.ModuleList(Down(l[k] + g[k], l[k], l[k + 1]) for k in range(4))
        self.up2 = nn.ModuleList(Up(l[k] + g[k], l[k], l[k - 1]) for k in (4, 3, 2, 1))
        self.last = Res(l[0] + g[0], l[0])
        self.heads = nn.ModuleList(nn.Conv2d(c, classes, 1) for c in (l[0], l[1], l[2], l[3], l[4]))

    def forward(self, x, guide=None):
        if guide is not None:
            x = x * F.interpolate(guide, x.shape[-2:], mode="bilinear", align_corners=False)
        e = [self.stem(x)]
        for ope in self.ope:
            e.append(ope(e[-1]))
        qa = [q(e[k]) for k, q in enumerate(self.qa)]
        qb = {4: self.qb[3](e[4])}
        d = self.up1[0](e[4])
        for i, k in enumerate((3, 2, 1)):
            z = torch.cat([d, qa[k]], 1)
            qb[k] = self.qb[k - 1](z)
            d = self.up1[i + 1](z)
        y = torch.cat([d, qa[0]], 1)
        qc, f = [], None
        for k in range(4):
            qc.append(self.qc[k](y))
            f = self.down2[k](y)
            y = torch.cat([f, qb[k + 1]], 1)
        out = [self.heads[4](f)]
        for i, k in enumerate((4, 3, 2, 1)):
            h = self.up2[i](y)
            if k > 1:
                out.append(self.heads[k - 1](h))
            y = torch.cat([h, qc[k - 1]], 1)
        out.append(self.heads[0](self.last(y)))
        return out[::-1]


class SegDecoder(nn.Module):
    def __init__(self, dim=384, hidden=256, classes=1):
        super().__init__()
        self.proj = nn.Conv2d(dim, hidden, 3, padding=1)
        self.block = nn.Sequential(nn.Conv2d(hidden, hidden, 3, padding=1), nn.GroupNorm(32, hidden), nn.GELU())
        self.head = nn.Conv2d(hidden, classes, 1)

    def forward(self, feature, guide, size):
        x = self.block(self.proj(feature) * guide)
        return [F.interpolate(self.head(x), size, mode="bilinear", align_corners=False)]


class Guided(nn.Module):
    """A frozen DINOv3 ViT-S/16 (transformers), a TokenBook and a gated network."""

    def __init__(self, kind, vit):
        super().__init__()
        self.kind, self.vit = kind, vit.eval().requires_grad_(False)
        self.tokenbook = TokenBook(384, 32)
        self.net = {"guidino-u": UNet, "guidino-w": WNet, "seg-guidino": SegDecoder}[kind]()

    def forward(self, image):
        b, _, h, w = image.shape
        with torch.no_grad():
            tokens = self.vit(image).last_hidden_state[:, 5:]
        feature = tokens.transpose(1, 2).reshape(b, 384, h // 16, w // 16)
        guide = self.tokenbook(feature)
        if self.kind == "seg-guidino":
            return self.net(feature, guide, (h, w)), guide
        return self.net(image, guide), guide


def loss_of(logits, guide, target):
    total = 0
    for i, z in enumerate(logits):
        y = target if i == 0 else F.interpolate(target, z.shape[-2:], mode="nearest")
        p = torch.sigmoid(z)
        dice = (2 * (p * y).sum() + 1e-5) / (p.sum() + y.sum() + 1e-5)
        total = total + 2.0**-i * (F.binary_cross_entropy_with_logits(z, y) - dice)
    soft = F.interpolate(target, guide.shape[-2:], mode="area")
    return total + 0.1 * F.binary_cross_entropy(guide.clamp(1e-6, 1 - 1e-6), soft)
