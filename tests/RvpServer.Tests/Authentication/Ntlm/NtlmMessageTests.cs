using System.Text;
using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Ntlm;

public class NtlmMessageTests
{
    [Theory]
    [InlineData("4E544C4D53535000" + "01000000" + "07020000")]
    [InlineData("4E544C4D53535000" + "01000000" + "07020000" + "FFFFFFFFFFFFFFFF" + "FFFFFFFFFFFFFFFF")]
    public void A_Type_1_may_be_short_and_its_hints_may_be_wrong(string hex)
    {
        Assert.True(NegotiateMessage.TryParse(Convert.FromHexString(hex), out var message));

        Assert.Equal(NtlmFlags.Unicode | NtlmFlags.Oem | NtlmFlags.RequestTarget | NtlmFlags.Ntlm, message.Flags);
    }

    [Theory]
    [InlineData("4E544C4D53535000" + "01000000" + "070200")]
    [InlineData("4E544C4D53535000" + "02000000" + "07020000")]
    [InlineData("4E544C4D53535001" + "01000000" + "07020000")]
    [InlineData("")]
    public void What_is_no_Type_1_is_refused(string hex) => Assert.False(NegotiateMessage.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void A_Type_2_names_domain_and_computer()
    {
        var flags = ChallengeMessage.Agree(NtlmFlags.Unicode | NtlmFlags.Oem | NtlmFlags.RequestTarget | NtlmFlags.Ntlm);
        var message = new ChallengeMessage(flags, [1, 2, 3, 4, 5, 6, 7, 8], "AD", "IM");

        var hex = Convert.ToHexString(message.ToBytes());

        Assert.Equal(
            "4E544C4D53535000" + "02000000" + "0400040038000000" + "05028100" + "0102030405060708" + "0000000000000000" + "140014003C000000"
            + "0000000000000000" + "41004400" + "0200040041004400" + "0100040049004D00" + "00000000", hex);
    }

    [Fact]
    public void A_client_without_Unicode_gets_OEM_text()
    {
        var message = new ChallengeMessage(ChallengeMessage.Agree(NtlmFlags.Oem | NtlmFlags.Ntlm), new byte[8], "AD", "IM");

        var bytes = message.ToBytes();

        Assert.Equal("AD"u8, bytes.AsSpan(56, 2));
        Assert.Equal(2, bytes[12]);
    }

    [Fact]
    public void A_Type_3_of_the_plugin_of_Pidgin_is_Unicode_though_its_flags_are_0()
    {
        var bytes = new Type3 { User = "jo", Domain = "ADATUM", Flags = 0, Nt = new byte[24] }.ToBytes();

        Assert.True(AuthenticateMessage.TryParse(bytes, NtlmFlags.Unicode, out var message));

        Assert.Equal("jo", message.UserName);
        Assert.Equal("ADATUM", message.DomainName);
        Assert.Equal(24, message.NtResponse.Length);
        Assert.Equal(24, message.LmResponse.Length);
    }

    [Theory]
    [InlineData(0x0000_0002u, NtlmFlags.Unicode)]
    [InlineData(0x0000_0000u, NtlmFlags.Oem)]
    public void A_Type_3_may_be_in_OEM_letters(uint flags, object agreed)
    {
        var bytes = new Type3 { User = "Jürgen", Encoding = Encoding.Latin1, Flags = flags }.ToBytes();

        Assert.True(AuthenticateMessage.TryParse(bytes, (NtlmFlags)agreed, out var message));

        Assert.Equal("Jürgen", message.UserName);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(28)]
    [InlineData(36)]
    public void A_Type_3_with_a_field_outside_of_it_is_refused(int at)
    {
        var bytes = new Type3 { Nt = new byte[24] }.ToBytes();
        bytes[at + 1] = 0x10;
        Assert.False(AuthenticateMessage.TryParse(bytes, NtlmFlags.Unicode, out _));

        bytes = new Type3 { Nt = new byte[24] }.ToBytes();
        bytes[at + 7] = 0xFF;
        Assert.False(AuthenticateMessage.TryParse(bytes, NtlmFlags.Unicode, out _));
    }

    [Fact]
    public void A_Type_3_cut_off_anywhere_is_refused()
    {
        var whole = new Type3 { Nt = new byte[24] }.ToBytes();

        for (var length = 0; length < whole.Length; length++)
            Assert.False(AuthenticateMessage.TryParse(whole[..length], NtlmFlags.Unicode, out _));
        Assert.True(AuthenticateMessage.TryParse(whole, NtlmFlags.Unicode, out _));
    }

    [Fact]
    public void A_Unicode_user_name_of_odd_length_is_refused()
    {
        var bytes = new Type3 { User = "Jo\u00e9", Encoding = Encoding.Latin1, Flags = 1 }.ToBytes();

        Assert.False(AuthenticateMessage.TryParse(bytes, NtlmFlags.Unicode, out _));
    }

    [Property(MaxTest = 500)]
    public void Any_bytes_are_read_or_refused(byte[] tail, byte type, int at, byte value)
    {
        var message = new Type3 { Nt = new byte[24] }.ToBytes();
        message[Math.Abs((long)at) % message.Length] = value;
        byte[][] candidates = [message, tail, [.. NtlmMessage.Signature, type, 0, 0, 0, .. tail]];

        foreach (var bytes in candidates)
        {
            var kind = NtlmMessage.TypeOf(bytes);
            Assert.True(!NegotiateMessage.TryParse(bytes, out _) || kind == 1);
            Assert.True(!AuthenticateMessage.TryParse(bytes, NtlmFlags.Unicode, out _) || kind == 3);
            Assert.True(!AuthenticateMessage.TryParse(bytes, NtlmFlags.Oem, out _) || kind == 3);
        }
    }
}
