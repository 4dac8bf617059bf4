using System.Text;
using FsCheck.Xunit;
using Rvp.Cli.Editing;

namespace Rvp.Client.Tests.Cli.Editing;

public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("\u001b[A", KeyKind.Earlier)]
    [InlineData("\u001bOB", KeyKind.Later)]
    [InlineData("\u001b[1;5C", KeyKind.WordRight)]
    [InlineData("\u001b[1;2D", KeyKind.Left)]
    [InlineData("\u001b[H", KeyKind.Home)]
    [InlineData("\u001b[4~", KeyKind.End)]
    [InlineData("\u001b[3~", KeyKind.Delete)]
    [InlineData("\u001bb", KeyKind.WordLeft)]
    [InlineData("\u001b\u007f", KeyKind.DeleteWordBefore)]
    [InlineData("\u001b\r", KeyKind.NewLine)]
    [InlineData("\u0015", KeyKind.DeleteToStart)]
    [InlineData("\u007f", KeyKind.Backspace)]
    [InlineData("\r", KeyKind.Enter)]
    public void A_key_is_what_the_terminal_sends_for_it_however_it_is_cut(string sent, object kind)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        var whole = new KeyDecoder();
        var byByte = new KeyDecoder();

        Assert.Equal([new Key((KeyKind)kind)], whole.Take(bytes));
        Assert.Equal([new Key((KeyKind)kind)], bytes.SelectMany(one => byByte.Take([one])));
    }

    [Fact]
    public void Letters_that_come_byte_by_byte_are_whole_ones()
    {
        var decoder = new KeyDecoder();

        var keys = Encoding.UTF8.GetBytes("zwölf 日本 👋").SelectMany(one => decoder.Take([one]));

        Assert.Equal("zwölf 日本 👋", string.Concat(keys.Select(key => key.Text)));
    }

    [Fact]
    public void A_paste_is_one_text_with_its_line_ends_and_what_looks_like_keys_in_it()
    {
        var decoder = new KeyDecoder();

        var keys = Encoding.UTF8.GetBytes("a\u001b[200~one\rtwo\u001b[A~three\u001b[201~b").SelectMany(one => decoder.Take([one]));

        Assert.Equal([new Key(KeyKind.Text, "a"), new Key(KeyKind.Paste, "one\rtwo\u001b[A~three"), new Key(KeyKind.Text, "b")], keys);
    }

    [Fact]
    public void A_paste_without_bounds_is_cut_and_its_end_still_found()
    {
        var decoder = new KeyDecoder();

        var keys = decoder.Take(Encoding.UTF8.GetBytes("\u001b[200~" + new string('x', 300_000) + "\u001b[201~y"));

        Assert.Equal([KeyKind.Paste, KeyKind.Text], keys.Select(key => key.Kind));
        Assert.InRange(keys[0].Text.Length, 90_000, 100_000);
    }

    [Theory]
    [InlineData("\u001b[?1;2c", "")]
    [InlineData("\u001b[99;99;99Rx", "x")]
    [InlineData("\u001b\u001b[5nx", "x")]
    [InlineData("\u0000\u001c\u001fx", "x")]
    public void What_is_no_key_is_no_text_either(string sent, string text) =>
        Assert.Equal(text, string.Concat(new KeyDecoder().Take(Encoding.UTF8.GetBytes(sent)).Select(key => key.Text)));

    [Property]
    public void Any_bytes_are_taken_and_how_they_are_cut_changes_nothing(byte[] bytes)
    {
        var whole = new KeyDecoder();
        var byByte = new KeyDecoder();

        Assert.Equal(Told(whole.Take(bytes)), Told(bytes.SelectMany(one => byByte.Take([one]))));

        // A text may come in several pieces.
        static string Told(IEnumerable<Key> keys) => string.Concat(keys.Select(key => key.Kind == KeyKind.Text ? key.Text : $"<{key.Kind} {key.Text}>"));
    }
}
