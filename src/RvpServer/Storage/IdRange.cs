namespace RvpServer.Storage;

/// <summary>Numbers of ids that follow each other.</summary>
/// <param name="First">The first.</param>
/// <param name="End">The one after the last.</param>
internal readonly record struct IdRange(long First, long End)
{
    /// <summary>How many there are.</summary>
    public int Count => (int)(End - First);
}
