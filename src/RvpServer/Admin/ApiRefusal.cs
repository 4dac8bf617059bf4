namespace RvpServer.Admin;

/// <summary>A request of the API that cannot be served as it is.</summary>
/// <param name="status">Its HTTP status.</param>
/// <param name="detail">One line with the reason.</param>
internal sealed class ApiRefusal(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;
}
