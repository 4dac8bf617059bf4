using System.Buffers.Binary;
using System.Numerics;

namespace Rvp.Client.Http.Ntlm;

/// <summary>MD4, which NTLM needs and .NET does not have. [RFC 1320]</summary>
internal static class Md4
{
    private const int BlockLength = 64;

    /// <summary>Computes the 16 bytes of the digest.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> data)
    {
        // Padding: one 1 bit, zeros, then the length in bits as 64 bits.
        var padded = new byte[(data.Length + 8) / BlockLength * BlockLength + BlockLength];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64LittleEndian(padded.AsSpan(padded.Length - 8), (ulong)data.Length * 8);

        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
        Span<uint> words = stackalloc uint[16];
        for (var at = 0; at < padded.Length; at += BlockLength)
        {
            for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(at + (4 * i)));
            Mix(state, words);
        }
        var digest = new byte[16];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(4 * i), state[i]);
        return digest;
    }

    private static void Mix(Span<uint> state, ReadOnlySpan<uint> words)
    {
        ReadOnlySpan<int> shifts = [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
        ReadOnlySpan<int> thirdOrder = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        for (var step = 0; step < 48; step++)
        {
            var round = step / 16;
            var i = step % 16;
            var mixed = round switch
            {
                0 => ((b & c) | (~b & d)) + words[i],
                1 => ((b & c) | (b & d) | (c & d)) + words[((i & 3) << 2) + (i >> 2)] + 0x5a827999,
                _ => (b ^ c ^ d) + words[thirdOrder[i]] + 0x6ed9eba1,
            };
            (a, b, c, d) = (d, BitOperations.RotateLeft(a + mixed, shifts[(round * 4) + (i & 3)]), b, c);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
}
