using FsCheck.Xunit;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

/// <summary>Ids that nobody can guess from others, each once.</summary>
public class IdCipherTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(7 * i))];
    private static readonly IdCipher Fresh = new(1, Key);

    [Property(MaxTest = 2000)]
    public bool An_id_leads_back_to_its_number(uint any, byte floorBits)
    {
        var floor = 1 << (floorBits % 31);
        var number = floor + (int)(any % ((uint)int.MaxValue - (uint)floor + 1));
        var cipher = floor == 1 ? Fresh : new IdCipher(floor, Key);
        var id = cipher.IdOf(number);
        return id >= floor && cipher.NumberOf(id) == number;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void The_ends_are_ids_like_others(int number) => Assert.Equal(number, Fresh.NumberOf(Fresh.IdOf(number)));

    [Fact]
    public void A_hundred_thousand_numbers_give_as_many_ids() =>
        Assert.Equal(100_000, Enumerable.Range(1, 100_000).Select(Fresh.IdOf).Distinct().Count());

    [Fact]
    public void Ids_that_were_given_in_order_before_are_not_given_again()
    {
        const int floor = 1 << 30;
        var cipher = new IdCipher(floor, Key);

        Assert.All(Enumerable.Range(floor, 10_000).Select(cipher.IdOf), id => Assert.True(id >= floor));
        Assert.Equal(17, cipher.NumberOf(17));
    }

    [Fact]
    public void Neighbours_have_nothing_in_common()
    {
        var ids = Enumerable.Range(1, 10_000).Select(Fresh.IdOf).ToArray();

        // As far apart as random numbers are: a third of the range on average, and half of the bits differ.
        Assert.InRange(ids.Zip(ids.Skip(1), (one, next) => Math.Abs((double)next - one)).Average() / int.MaxValue, 0.31, 0.36);
        Assert.InRange(ids.Zip(ids.Skip(1), (one, next) => int.PopCount(one ^ next)).Average(), 15.2, 15.8);
    }

    [Fact]
    public void Another_key_gives_other_ids() => Assert.NotEqual(Fresh.IdOf(1), new IdCipher(1, new byte[32]).IdOf(1));
}
