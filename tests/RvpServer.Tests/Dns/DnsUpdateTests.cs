using RvpServer.Dns;

namespace RvpServer.Tests.Dns;

/// <summary>Changes of zones on the wire; a real server takes them in RvpServer.Interop.</summary>
public sealed class DnsUpdateTests
{
    private static readonly TsigKey Key = new("rvp", [.. "0123456789abcdef"u8]);
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_key_is_read_as_tsig_keygen_writes_it()
    {
        var key = TsigKey.Parse("key \"Rvp.adatum.com\" {\n\talgorithm hmac-sha256;\n\tsecret \"MDEyMzQ1Njc4OWFiY2RlZg==\";\n};\n");

        Assert.Equal("rvp.adatum.com", key.Name);
        Assert.Equal(Key.Secret, key.Secret);
    }

    [Theory]
    [InlineData("", "it holds no key: ")]
    [InlineData("key rvp { algorithm hmac-md5; secret \"MDEy\"; };", "its algorithm is hmac-md5: make one with tsig-keygen -a hmac-sha256")]
    [InlineData("key rvp { algorithm hmac-sha256; secret \"no base 64!\"; };", "its secret is no Base64")]
    [InlineData("key rvp { algorithm hmac-sha256; secret \"\"; };", "its secret is no Base64")]
    public void What_is_no_key_is_explained(string text, string line) =>
        Assert.StartsWith(line, Assert.Throws<FormatException>(() => TsigKey.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_message_has_zone_changes_and_signature()
    {
        var message = DnsUpdate.Write(
            7, "adatum.com",
            [new("im.adatum.com", "A", null), new("im.adatum.com", "A", "192.0.2.10"), new("_rvp._tcp.adatum.com", "SRV", "0 5 80 im.adatum.com.")],
            60, Key, Now);

        var bytes = Convert.ToHexString(message.Bytes);
        // Update, one zone, three changes, one signature.
        Assert.StartsWith("0007" + "2800" + "0001" + "0000" + "0003" + "0001" + Wire("adatum", "com") + "0006" + "0001", bytes, StringComparison.Ordinal);
        Assert.Contains(Wire("im", "adatum", "com") + "0001" + "00FF" + "00000000" + "0000", bytes, StringComparison.Ordinal);
        Assert.Contains(Wire("im", "adatum", "com") + "0001" + "0001" + "0000003C" + "0004" + "C000020A", bytes, StringComparison.Ordinal);
        Assert.Contains("0021" + "0001" + "0000003C" + "0015" + "0000" + "0005" + "0050" + Wire("im", "adatum", "com"), bytes, StringComparison.Ordinal);
        Assert.Contains(Wire("rvp") + "00FA" + "00FF" + "00000000", bytes, StringComparison.Ordinal);
        Assert.EndsWith("0020" + Convert.ToHexString(message.Mac) + "0007" + "0000" + "0000", bytes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("000828000000000000000000", "the answer belongs to no question")]
    [InlineData("000728000000000000000000", "the answer is not signed")]
    [InlineData("0007280000010000000000000361", "the answer ends too soon")]
    [InlineData("00", "the answer belongs to no question")]
    public void An_answer_that_anybody_could_have_sent_is_not_believed(string answer, string line)
    {
        var message = DnsUpdate.Write(7, "adatum.com", [], 60, Key, Now);

        var bytes = Convert.FromHexString(answer);
        Assert.Equal(line, Assert.Throws<FormatException>(() => DnsUpdate.ReadAnswer(bytes, message, Key)).Message);
    }

    [Fact]
    public void Whatever_a_server_answers_it_is_read_or_refused()
    {
        var message = DnsUpdate.Write(7, "adatum.com", [], 60, Key, Now);
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var answer = new byte[random.Next(80)];
            random.NextBytes(answer);
            // Of an answer to this question that claims success, with few records, so that they are really read.
            byte[] head = [0, 7, 0x28, 0, 0, (byte)random.Next(2), 0, 0, 0, (byte)random.Next(2), 0, (byte)random.Next(3)];
            head.AsSpan(0, Math.Min(head.Length, answer.Length)).CopyTo(answer);

            Assert.Throws<FormatException>(() => DnsUpdate.ReadAnswer(answer, message, Key));
        }
    }

    [Fact]
    public void A_refusal_is_told_in_words()
    {
        var message = DnsUpdate.Write(7, "adatum.com", [], 60, Key, Now);

        Assert.Equal("it does not let the key rvp change that zone (REFUSED): see its update-policy or allow-update",
            DnsUpdate.ReadAnswer(Convert.FromHexString("0007A8050000000000000000"), message, Key));
    }

    [Fact]
    public void A_change_is_shown_in_the_words_of_nsupdate()
    {
        Assert.Equal("update delete im.adatum.com. A", new ZoneChange("im.adatum.com", "A", null).Describe(60));
        Assert.Equal("update add im.adatum.com. 60 A 192.0.2.10", new ZoneChange("im.adatum.com", "A", "192.0.2.10").Describe(60));
    }

    private static string Wire(params string[] labels) =>
        string.Concat(labels.Select(label => $"{label.Length:X2}{Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(label))}")) + "00";
}
