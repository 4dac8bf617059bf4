using Rvp.Cli.Editing;

namespace Rvp.Cli;

/// <summary>Asks at a terminal for what must not be seen.</summary>
internal sealed class SecretPrompt(IScreen screen)
{
    // A paste may bring the next answer along.
    private readonly Queue<Key> typed = new();
    private readonly KeyDecoder decoder = new();

    /// <summary>Asks once; null where the user does not answer.</summary>
    public string? Ask(string prompt)
    {
        using var taken = screen.TakeKeys(isWhole: false, () => { });
        screen.Write(prompt);
        var answer = new LineEditor();
        var edited = Edited.Nothing;
        while (edited is not (Edited.Entered or Edited.Ended) && Next() is { } key) edited = answer.Take(key);
        screen.Write("\r\n");
        return edited == Edited.Entered ? answer.Text : null;
    }

    private Key? Next()
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (typed.Count == 0)
        {
            if (screen.Read(buffer) is not (> 0 and var length)) return null;
            foreach (var key in decoder.Take(buffer[..length])) typed.Enqueue(key);
        }
        return typed.Dequeue();
    }
}
