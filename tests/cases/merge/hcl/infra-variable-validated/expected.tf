terraform {
  required_version = ">= 1.6"

  required_providers {
    nimbus = {
      source  = "lantern/nimbus"
      version = "~> 2.1"
    }
  }
}

variable "region" {
  type    = string
  default = "north"
}

variable "size" {
  type    = string
  default = "small"

  validation {
    condition     = contains(["small", "medium", "large"], var.size)
    error_message = "Size is small, medium or large."
  }
}

resource "nimbus_network" "library" {
  name = "library"
  cidr = "10.20.0.0/16"
}

resource "nimbus_server" "web" {
  name    = "library-web"
  region  = var.region
  size    = var.size
  network = nimbus_network.library.id

  tags = {
    team = "catalogue"
    kind = "web"
  }
}

resource "nimbus_server" "worker" {
  name    = "library-worker"
  region  = var.region
  size    = var.size
  network = nimbus_network.library.id

  tags = {
    team = "catalogue"
    kind = "worker"
  }
}

output "address" {
  value = nimbus_server.web.address
}
