namespace RvpServer.Reliability.Crash;

/// <summary>
/// Something that clients change and the server keeps. What was answered is certain; a change that got no answer, because the server was killed, may be there
/// or not.
/// </summary>
internal sealed class Register(string name, string value)
{
    private readonly HashSet<string> possible = [value];

    public string Name { get; } = name;

    /// <summary>What is there, unless a change got no answer.</summary>
    public string Certain => possible.Single();

    /// <summary>A change was answered.</summary>
    public void Changed(string to)
    {
        possible.Clear();
        possible.Add(to);
    }

    /// <summary>A change got no answer.</summary>
    public void MayHaveChanged(string to) => possible.Add(to);

    /// <summary>What the server says is there; from now on it is certain. Gives a line where the server may not say so.</summary>
    public string? Judge(string actual)
    {
        var broken = possible.Contains(actual) ? null : $"{Name}: {actual}, but {string.Join(" or ", possible)} was promised";
        Changed(actual);
        return broken;
    }
}
