// The cells: how many products a unit needs, and what is done with them, on one vector of rows.
//
// A unit has `slots` sums. Each reads the inputs (`reads_x`), the state (`reads_h`), or both; the
// GRU keeps the two parts of its candidate apart, since the reset gate multiplies one of them.
// `state_of` says which state the recurrent weights of a sum read: 0 for h, 1 for r * h, -1 none.
#pragma once

#include "vector.h"

namespace cellwise {
namespace CELLWISE_TARGET {

struct Lstm {
    static constexpr int slots = 4, gates = 4, saved = 5;
    static constexpr int states = 1;  // that recurrent weights read
    static constexpr bool has_c = true;
    static constexpr bool reads_x(int) { return true; }
    static constexpr bool reads_h(int) { return true; }
    static constexpr int state_of(int) { return 0; }
    static constexpr int gate(int slot) { return slot; }  // its row block in the weights

    // sums[slot] and c before -> c after, and what the backward pass needs
    CELLWISE_INLINE void begin(Vec *sums, const float *c, float *next_c, float *saved, int64_t R) {
        Vec i = sigmoid(sums[0]), f = sigmoid(sums[1]), g = tanh(sums[2]), o = sigmoid(sums[3]);
        Vec next = f * load(c) + i * g;
        store(next_c, next);
        store(saved, i);
        store(saved + R, f);
        store(saved + 2 * R, g);
        store(saved + 3 * R, o);
        store(saved + 4 * R, next);
        sums[0] = o;
        sums[1] = next;
    }

    // what `begin` left in sums -> h
    CELLWISE_INLINE Vec end(const Vec *sums, Vec, float *, int64_t) {
        return sums[0] * tanh(sums[1]);
    }

    // dh -> gradients of the sums; updates dc; returns what of dh goes straight to the step before
    CELLWISE_INLINE Vec backward(Vec dh, const float *saved, int64_t R, Vec, Vec, Vec c_before,
                                 float *dc, Vec *sums) {
        Vec i = load(saved), f = load(saved + R), g = load(saved + 2 * R), o = load(saved + 3 * R);
        Vec bent = tanh(load(saved + 4 * R));
        Vec total = load(dc) + dh * o * (1.0f - bent * bent);
        sums[0] = total * g * i * (1.0f - i);
        sums[1] = total * c_before * f * (1.0f - f);
        sums[2] = total * i * (1.0f - g * g);
        sums[3] = dh * bent * o * (1.0f - o);
        store(dc, total * f);
        return Vec{};
    }
};

struct Gru {
    static constexpr int slots = 4, gates = 3, saved = 4;  // r, z, n of x, n of h
    static constexpr int states = 1;
    static constexpr bool has_c = false;
    static constexpr int state_of(int slot) { return slot == 2 ? -1 : 0; }
    static constexpr bool reads_x(int slot) { return slot != 3; }
    static constexpr bool reads_h(int slot) { return slot != 2; }
    static constexpr int gate(int slot) { return slot == 3 ? 2 : slot; }

    CELLWISE_INLINE void begin(Vec *sums, const float *, float *, float *saved, int64_t R) {
        Vec r = sigmoid(sums[0]), z = sigmoid(sums[1]);
        store(saved, r);
        store(saved + R, z);
        store(saved + 3 * R, sums[3]);
        sums[0] = z;
        sums[1] = sums[2] + r * sums[3];
    }

    CELLWISE_INLINE Vec end(const Vec *sums, Vec h, float *saved, int64_t R) {
        const Vec n = tanh(sums[1]);
        store(saved + 2 * R, n);
        return n + sums[0] * (h - n);
    }

    CELLWISE_INLINE Vec backward(Vec dh, const float *saved, int64_t R, Vec h_before, Vec, Vec,
                                 float *, Vec *sums) {
        Vec r = load(saved), z = load(saved + R), n = load(saved + 2 * R);
        Vec dn = dh * (1.0f - z) * (1.0f - n * n);
        sums[0] = dn * load(saved + 3 * R) * r * (1.0f - r);
        sums[1] = dh * (h_before - n) * z * (1.0f - z);
        sums[2] = dn;
        sums[3] = dn * r;
        return dh * z;
    }
};

// The GRU whose reset gate acts on the state, before the product: a step takes two rounds, since
// the candidate reads what the gates make of the state. This is the cell as a whole; r, z, n.
struct GruBefore {
    static constexpr int slots = 3, gates = 3, saved = 3, states = 2;
    static constexpr bool has_c = false;
    static constexpr bool reads_x(int) { return true; }
    static constexpr bool reads_h(int slot) { return slot != 2; }
    static constexpr int state_of(int slot) { return slot == 2 ? 1 : 0; }
    static constexpr int gate(int slot) { return slot; }
};

// Its first round: r and z; what is handed on in place of the state is r * h.
struct GruBeforeGates : GruBefore {
    static constexpr int slots = 2;
    static constexpr bool reads_h(int) { return true; }

    CELLWISE_INLINE void begin(Vec *sums, const float *, float *, float *saved, int64_t R) {
        sums[0] = sigmoid(sums[0]);
        store(saved, sums[0]);
        store(saved + R, sigmoid(sums[1]));
    }

    CELLWISE_INLINE Vec end(const Vec *sums, Vec h, float *, int64_t) { return sums[0] * h; }
};

// Its second round, reading r * h; h itself comes by way of `c`.
struct GruBeforeCandidate : GruBefore {
    static constexpr int slots = 1;
    static constexpr bool reads_h(int) { return true; }
    static constexpr int gate(int) { return 2; }

    CELLWISE_INLINE void begin(Vec *sums, const float *h, float *, float *saved, int64_t R) {
        sums[1] = load(h);
        (void)saved, (void)R;
    }

    CELLWISE_INLINE Vec end(const Vec *sums, Vec, float *saved, int64_t R) {
        const Vec n = tanh(sums[0]), z = load(saved + R);
        store(saved + 2 * R, n);
        return n + z * (sums[1] - n);
    }
};

// Its candidate alone among the three sums, for the way back
struct GruBeforeBack : GruBefore {
    static constexpr bool reads_h(int slot) { return slot == 2; }
};

template <bool kRelu> struct Rnn {
    static constexpr int slots = 1, gates = 1, saved = 0, states = 1;
    static constexpr bool has_c = false;
    static constexpr int state_of(int) { return 0; }
    static constexpr bool reads_x(int) { return true; }
    static constexpr bool reads_h(int) { return true; }
    static constexpr int gate(int) { return 0; }

    CELLWISE_INLINE void begin(Vec *, const float *, float *, float *, int64_t) {}

    CELLWISE_INLINE Vec end(const Vec *sums, Vec, float *, int64_t) {
        if (kRelu) return select(sums[0] < Vec{}, Vec{}, sums[0]);  // NaN stays
        return tanh(sums[0]);
    }

    CELLWISE_INLINE Vec backward(Vec dh, const float *, int64_t, Vec, Vec h, Vec, float *,
                                 Vec *sums) {
        sums[0] = kRelu ? select(h > Vec{}, dh, Vec{}) : dh * (1.0f - h * h);
        return Vec{};
    }
};

}  // namespace CELLWISE_TARGET
}  // namespace cellwise
