namespace RvpServer.Fuzz;

/// <summary>The short form of fuzzing: what earlier runs kept, and changes of it, the same ones each time. The long form is tests/fuzz.</summary>
public class CorpusTests
{
    private const int Seed = 20261126;

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Keys];

    [Theory, MemberData(nameof(Targets))]
    public void Every_input_that_was_kept_is_read(string name)
    {
        var target = FuzzTarget.All[name];
        var inputs = CorpusFile.Load(target);

        BoundedRun.Of(target, []);
        foreach (var input in inputs) BoundedRun.Of(target, input);

        Assert.InRange(inputs.Count, 3, 500);
        Assert.All(inputs, input => Assert.InRange(input.Length, 1, CorpusFile.MaxInput));
    }

    [Theory, MemberData(nameof(Targets))]
    public void So_are_changes_of_them(string name)
    {
        var target = FuzzTarget.All[name];
        var mutator = new Mutator(Seed, CorpusFile.Load(target), target.Tokens);

        for (var round = 0; round < target.Rounds; round++) BoundedRun.Of(target, mutator.Next());
    }

    [Fact]
    public void Any_bytes_are_kept_as_a_line_of_visible_text()
    {
        var bytes = Enumerable.Range(0, 256).Select(b => (byte)b).Append((byte)' ').ToArray();

        var line = CorpusFile.Write(bytes);

        Assert.Equal(bytes, CorpusFile.Read(line));
        Assert.DoesNotContain(line, c => c is < ' ' or > '~');
        Assert.Equal("\\x23 # \\x20", CorpusFile.Write("# #  "u8.ToArray()).Replace("  ", " ", StringComparison.Ordinal));
    }
}
