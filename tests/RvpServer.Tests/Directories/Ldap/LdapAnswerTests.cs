using System.Formats.Asn1;
using System.Text;
using FsCheck.Xunit;
using Rvp.Ldap;
using Rvp.Protocol;

namespace RvpServer.Tests.Directories.Ldap;

public class LdapAnswerTests
{
    [Fact]
    public void An_entry_has_its_values_by_name_without_case()
    {
        // 2: entry "cn=a" with attribute sn = { "b", "c" }
        var answer = LdapAnswer.Read(Convert.FromHexString(
            "301B020102" + "6416" + "0404636E3D61" + "300E" + "300C" + "0402736E" + "3106" + "040162" + "040163"));

        Assert.Equal(2, answer.Id);
        Assert.Equal("cn=a", answer.Entry!.Dn);
        Assert.Equal(["b", "c"], answer.Entry.Texts("SN"));
        Assert.Null(answer.Result);
    }

    [Fact]
    public void A_result_has_its_code_and_text()
    {
        // 3: search done, busy, "", "no"
        var answer = LdapAnswer.Read(Convert.FromHexString("300E020103" + "6509" + "0A0133" + "0400" + "04026E6F"));

        Assert.Equal(new LdapResult(LdapResultCode.Busy, "no"), answer.Result);
    }

    [Fact]
    public void A_page_says_where_the_next_one_begins()
    {
        // 4: search done, success, paged results control with an empty size and the cookie "x"
        var control = "0416" + Convert.ToHexString("1.2.840.113556.1.4.319"u8) + "0408" + "3006" + "020100" + "040178";
        var answer = LdapAnswer.Read(Convert.FromHexString("3032" + "020104" + "6507" + "0A0100" + "0400" + "0400" + "A024" + "3022" + control));

        Assert.Equal("x"u8.ToArray(), answer.Result!.PageCookie);
    }

    [Fact]
    public void An_intermediate_answer_is_neither_entry_nor_result() =>
        Assert.Equal(new LdapAnswer(5, null, null), LdapAnswer.Read(Convert.FromHexString("300C020105" + "7907" + "80056C6461703A")));

    [Fact]
    public void A_reference_names_servers_that_have_more()
    {
        var answer = LdapAnswer.Read(Convert.FromHexString("300C020105" + "7307" + "04056C6461703A"));

        Assert.Equal((5, null, null), (answer.Id, answer.Entry, answer.Result));
        Assert.Equal(["ldap:"], answer.Reference);
    }

    [Fact]
    public void A_referral_names_servers_that_have_it()
    {
        // 5: search done, code 10, no name, no text, the URL "ldap:"
        var answer = LdapAnswer.Read(Convert.FromHexString("3015020105" + "6510" + "0A010A" + "0400" + "0400" + "A307" + "04056C6461703A"));

        Assert.Equal(LdapResultCode.Referral, answer.Result!.Code);
        Assert.Equal(["ldap:"], answer.Result.Referrals);
    }

    [Property(MaxTest = 2000)]
    public void Any_bytes_are_an_answer_or_a_content_exception(byte[] bytes, bool looksRight)
    {
        var message = looksRight ? [0x30, (byte)(bytes.Length + 3), 2, 1, 1, .. bytes] : bytes;

        try
        {
            Assert.InRange(LdapAnswer.Read(message).Id, 0, int.MaxValue);
        }
        catch (AsnContentException)
        {
            // The connection ends with it.
        }
    }

    [Theory]
    [InlineData("3000", "3000")]
    [InlineData("30020500AA", "30020500")]
    [InlineData("30820001AA", "30820001AA")]
    public async Task A_message_is_cut_from_the_stream(string stream, string message)
    {
        var read = await LdapFraming.ReadAsync(new MemoryStream(Convert.FromHexString(stream)), CancellationToken.None);

        Assert.Equal(message, Convert.ToHexString(read!));
    }

    [Theory]
    [InlineData("48545450")]
    [InlineData("3080")]
    [InlineData("308500000000FF")]
    [InlineData("3084FFFFFFFF")]
    [InlineData("3083100001")]
    public async Task A_stream_that_is_not_ldap_or_too_large_is_refused(string stream)
    {
        var reading = LdapFraming.ReadAsync(new MemoryStream(Convert.FromHexString(stream)), CancellationToken.None).AsTask();

        await Assert.ThrowsAsync<LdapConnectionException>(() => reading);
    }

    [Fact]
    public async Task A_stream_that_ends_between_messages_is_over()
    {
        Assert.Null(await LdapFraming.ReadAsync(new MemoryStream(), CancellationToken.None));
    }

    [Fact]
    public void A_value_that_is_no_text_is_left_out()
    {
        var entry = new LdapEntry("cn=a", new Dictionary<string, IReadOnlyList<byte[]>> { ["sn"] = [[0xFF, 0xFE], Encoding.UTF8.GetBytes("b")] });

        Assert.Equal("b", entry.Text("sn"));
    }
}
