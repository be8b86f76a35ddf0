// ... terraform block ...
variable "size" {
  type = string
  default = "small"

  validation {
    condition     = contains(["small", "medium", "large"], var.size)
    error_message = "Size is small, medium or large."
  }
}
// ... resources ...
