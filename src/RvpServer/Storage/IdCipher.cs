using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RvpServer.Storage;

/// <summary>
/// Turns ascending numbers into ids that nobody can guess from others, and back: a permutation of the numbers from a floor to the largest that clients can
/// parse. Each number gives one id and each id comes from one number. The numbers tell in which order ids were made, until they go round.
/// </summary>
/// <remarks>
/// A Feistel network over 15 and 16 bits; results below the floor are encrypted again until they are not (cycle walking) [Black, Rogaway 2002]. Its function
/// is a table of 65,536 random numbers, with another offset in each round, all made of the key by AES: small enough for a processor's cache.
/// </remarks>
internal sealed class IdCipher
{
    // Alternately the lower half changes the upper and the upper the lower, each four times.
    private const int Rounds = 8;
    private const int LowBits = 16;
    private const int LowMask = (1 << LowBits) - 1;
    private const int HighMask = (1 << 15) - 1;
    private const int TableLength = 1 << LowBits;

    private readonly int floor;
    private readonly ushort[] random = new ushort[TableLength + Rounds];

    /// <param name="floor">The smallest number and id, at least 1.</param>
    /// <param name="key">32 secret bytes.</param>
    public IdCipher(int floor, byte[] key)
    {
        this.floor = floor;
        var bytes = MemoryMarshal.AsBytes(random.AsSpan());
        using var aes = Aes.Create();
        aes.Key = key;
        // Zeros in this mode: each block is the encryption of the one before.
        aes.EncryptCbc(new byte[bytes.Length], new byte[16], bytes, PaddingMode.None);
    }

    /// <summary>The id for a number; numbers below the floor are ids themselves.</summary>
    public int IdOf(int number)
    {
        if (number < floor) return number;
        var id = number;
        do id = Forward(id);
        while (id < floor);
        return id;
    }

    /// <summary>The number behind an id; ids below the floor are their own numbers.</summary>
    public int NumberOf(int id)
    {
        if (id < floor) return id;
        var number = id;
        do number = Backward(number);
        while (number < floor);
        return number;
    }

    private int Forward(int value)
    {
        var (high, low) = (value >> LowBits, value & LowMask);
        for (var round = 0; round < Rounds; round += 2)
        {
            high ^= Table(round, low) & HighMask;
            low ^= Table(round + 1, high);
        }
        return (high << LowBits) | low;
    }

    private int Backward(int value)
    {
        var (high, low) = (value >> LowBits, value & LowMask);
        for (var round = Rounds - 2; round >= 0; round -= 2)
        {
            low ^= Table(round + 1, high);
            high ^= Table(round, low) & HighMask;
        }
        return (high << LowBits) | low;
    }

    private ushort Table(int round, int half) => random[half ^ random[TableLength + round]];
}
